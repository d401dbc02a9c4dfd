import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { buildBundles } from '../../functions/bundle.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSecretEndpoint } from '../support/secret-endpoint.ts';
import { openTestDatabase } from '../support/test-database.ts';

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf';

test('the deployed sink takes its login from the secret of the deployment, read when it is needed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-sink-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { sink } = await buildBundles({ outDir: folder, functions: ['sink'] });
  const database = await openTestDatabase(t, { setup: 'create table people (id int primary key)' });
  const { host, port, database: dbname, user: username, password } = database.connection;
  const aws = await openSecretEndpoint(t);
  aws.secrets.set(arn, JSON.stringify({ username, password, dbname }));
  const value = JSON.stringify({ op: 'c', before: null, after: { id: 7 } });
  const event = join(folder, 'event.json');
  writeFileSync(event, JSON.stringify(buildKafkaEvent([{ topic: 'people', partition: 0, offset: 0, value }])));
  // The bundle keeps its connection open, as it should.
  const script = `
    import { readFileSync } from 'node:fs';
    const { handler } = await import(${JSON.stringify(join(sink, 'index.mjs'))});
    const event = JSON.parse(readFileSync(${JSON.stringify(event)}, 'utf8'));
    console.error(JSON.stringify(await handler(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => 20_000 })));
    process.exit(0);`;
  const config = {
    'connector.class': 'io.sluice.SluiceSinkConnector',
    topics: 'people',
    'value.converter.schemas.enable': 'false',
  };
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: {
      ...aws.environment,
      SLUICE_CONNECTOR: JSON.stringify({ name: 'c', config }),
      SLUICE_DATABASE_SECRET_ARN: arn,
      SLUICE_DATABASE_HOST: host,
      SLUICE_DATABASE_PORT: String(port),
      SLUICE_DATABASE_SSL_MODE: 'disable',
      SLUICE_REPORTS_BATCH_ITEM_FAILURES: 'true',
    },
    timeout: 30_000,
  });
  assert.deepEqual(JSON.parse(stderr), { batchItemFailures: [] });
  assert.deepEqual(await database.query('select id from people'), [{ id: 7 }]);
  assert.deepEqual(aws.calls, ['secretsmanager.GetSecretValue']);
});
