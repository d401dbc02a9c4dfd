import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildBundles } from '../../functions/bundle.ts';
import { createSinkHandler } from '../../functions/sink/handler.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { buildLambdaContext } from '../support/lambda-context.ts';
import { openConnect } from '../support/open-connect.ts';
import { create } from '../support/open-target.ts';
import { openTestDatabase } from '../support/test-database.ts';

const silent = { sink: () => undefined, now: Date.now };

test('dead letters are listed, shown, redriven and discarded, and holes accepted, over REST by the deployed bundle', async (t) => {
  const database = await openTestDatabase(t, { setup: 'create table people (id smallint primary key)' });
  const outDir = mkdtempSync(join(tmpdir(), 'sluice-letters-'));
  t.after(() => rmSync(outDir, { recursive: true, force: true }));
  const code = { S3Bucket: 'hot-reload', S3Key: (await buildBundles({ outDir, functions: ['sink'] })).sink };
  const { call } = await openConnect(t, { code: { sink: code, filter: code } });
  const config = {
    'connector.class': 'io.sluice.SluiceSinkConnector',
    topics: 'people',
    'connection.url': database.url,
    'target.tablename': 'people',
    'value.converter.schemas.enable': 'false',
  };
  assert.equal((await call('POST', '/connectors', { name: 'c', config })).status, 201);
  const sink = createSinkHandler({ SLUICE_CONNECTOR: JSON.stringify({ name: 'c', config }) }, silent);
  t.after(() => sink.close());
  const write = (offset: number, id: unknown) => {
    const value = JSON.stringify(create({ id }));
    return sink(buildKafkaEvent([{ topic: 'people', partition: 0, offset, value }]), buildLambdaContext()).catch(
      (error: unknown) => error,
    );
  };
  await write(0, 40_000);
  await write(1, 'x');
  await write(2, 3);
  const url = '/connectors/c/dead-letters';
  const list = await call('GET', `${url}?limit=1`);
  assert.deepEqual([list.status, list.body.letters[0].code, list.body.hasMore], [200, 'VALUE_OUT_OF_RANGE', true]);
  const next = await call('GET', `${url}?state=all&afterTopic=people&afterPartition=0&afterOffset=0`);
  assert.deepEqual([next.body.letters[0].offset, next.body.hasMore], [1, false]);
  assert.equal((await call('GET', `${url}/people/0/1`)).body.payload, undefined);
  assert.equal((await call('GET', `${url}/people/0/1?payload=true`)).body.payload.rowKey, null);
  assert.equal((await call('GET', `${url}/people/0/7`)).status, 404);
  assert.equal((await call('GET', '/connectors/other/dead-letters')).status, 404);
  assert.equal((await call('GET', `${url}?limit=many`)).status, 400);
  assert.equal((await call('POST', `${url}/redrive`, {})).status, 400);
  assert.equal((await call('POST', `${url}/redrive`, '[')).status, 400);

  assert.equal((await call('GET', `${url}?table=people`)).body.letters[0].tableName, 'public.people');
  assert.deepEqual((await call('GET', `${url}?table=eople`)).body.letters, []);
  for (const misspelt of [{ topics: 'people', all: true }, { topic: 'people', partition: 0 }, { partition: 0 }]) {
    assert.equal((await call('POST', `${url}/discard`, misspelt)).status, 400, JSON.stringify(misspelt));
  }
  const one = { topic: 'people', partition: 0, offset: 0 };
  const alone = (await call('POST', `${url}/redrive`, one)).body;
  assert.deepEqual([alone.redriven, alone.failed], [0, 1], 'one letter that is named is one letter');

  await database.query('alter table people alter id type integer');
  const redriven = (await call('POST', `${url}/redrive`, { all: true })).body;
  assert.deepEqual([redriven.redriven, redriven.failed], [1, 1]);
  assert.deepEqual(
    (await call('POST', `${url}/discard`, { letters: [{ topic: 'people', partition: 0, offset: 1 }] })).body,
    {
      discarded: 1,
      hasMore: false,
    },
  );
  assert.deepEqual(await database.query('select id from people order by id'), [{ id: 3 }, { id: 40_000 }]);

  await write(5, 5);
  const hole = { topic: 'people', partition: 0 };
  assert.deepEqual((await call('POST', '/connectors/c/offsets/accept-gap', hole)).body, { changed: 2 });
  assert.deepEqual((await call('POST', `${url}/park`, { ...hole, offset: 6 })).body, { changed: 1 });
  await write(5, 5);
  await write(6, 6);
  assert.equal((await call('GET', url)).body.letters[0].code, 'RECORD_PARKED');
});
