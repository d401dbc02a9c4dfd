import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { buildBundles } from '../../functions/bundle.ts';
import { openConnect } from '../support/open-connect.ts';
import { openTestDatabase } from '../support/test-database.ts';

const path = '/connector-plugins/io.sluice.SluiceSinkConnector/config/validate';

interface Infos {
  readonly error_count: number;
  readonly configs: readonly { readonly value: { readonly name: string; readonly errors: readonly string[] } }[];
  readonly dry_run?: { readonly isValid: boolean; readonly tables: readonly { readonly table: string }[] };
}

test('a validation asks the database only when it is told to, and writes nothing', async (t) => {
  const database = await openTestDatabase(t, { setup: 'create table people (id int primary key)' });
  const outDir = mkdtempSync(join(tmpdir(), 'sluice-dry-run-'));
  t.after(() => rmSync(outDir, { recursive: true, force: true }));
  const code = { S3Bucket: 'hot-reload', S3Key: (await buildBundles({ outDir, functions: ['sink'] })).sink };
  const { call, client } = await openConnect(t, { code: { sink: code, filter: code } });
  const functions = async () =>
    (await client.send(new ListFunctionsCommand({}))).Functions!.map((one) => one.FunctionName);
  const config = {
    name: 'people-sink',
    'connector.class': 'io.sluice.SluiceSinkConnector',
    topics: 'people',
    'connection.url': database.url,
    'insert.mode': 'upsert',
    'value.converter.schemas.enable': 'false',
  };
  const validate = async (more: object, query = '?dryRun=true'): Promise<Infos> => {
    const answer = await call('PUT', path + query, { ...config, ...more });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const errorsOf = ({ configs }: Infos, name: string) => configs.find(({ value }) => value.name === name)!.value.errors;

  const plain = await validate({ topics: 'pets' }, '');
  assert.equal(plain.error_count, 0);
  assert.equal('dry_run' in plain, false);
  const badSql = await validate({ 'filter.sql': 'SELECT max(id) FROM people' }, '');
  assert.match(errorsOf(badSql, 'filter.sql').join(), /^filter\.sql: At 1:8: .*max/);
  // What is wrong by itself is not tried.
  assert.equal('dry_run' in (await validate({ 'tasks.max': 'many' })), false);
  assert.deepEqual(await functions(), []);

  const good = await validate({});
  assert.equal(good.error_count, 0, JSON.stringify(good.dry_run));
  assert.equal(good.dry_run!.isValid, true);
  assert.deepEqual(
    good.dry_run!.tables.map(({ table }) => table),
    ['public.people'],
  );
  assert.deepEqual(await functions(), ['sluice-test-admin']);
  assert.deepEqual((await call('GET', '/connectors')).body, []);

  const missing = await validate({ topics: 'people,pets' });
  assert.equal(missing.error_count, 1);
  assert.match(errorsOf(missing, 'topics')[0]!, /^pets: TABLE_MISSING: /);

  const away = await validate({ 'connection.url': 'postgresql://me@127.0.0.1:1/main' });
  assert.match(errorsOf(away, 'connection.url')[0]!, /^DATABASE_UNAVAILABLE: /);
  const rows = await database.query("select 1 from pg_namespace where nspname = 'sluice'");
  assert.deepEqual(rows, []);
});
