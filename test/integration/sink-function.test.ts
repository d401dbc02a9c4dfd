import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSinkHandler } from '../../functions/sink/handler.ts';
import { openTestDatabase } from '../support/test-database.ts';

const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 20_000 };

test('the sample messages go the way of the sample', async (t) => {
  const database = await openTestDatabase(t, {
    setup: "create table people (id integer primary key, name varchar, note text default 'kept')",
  });
  const { host, port, database: name, user, password } = database.connection;
  const lines: string[] = [];
  const handler = createSinkHandler(
    {
      SLUICE_STAGE: 'test',
      SLUICE_SOURCE_ID: 'cluster',
      SLUICE_REPORTS_BATCH_ITEM_FAILURES: 'true',
      SLUICE_CONNECTOR: JSON.stringify({
        name: 'cud-sink',
        config: {
          name: 'cud-sink',
          topics: 'server1.dbo.people',
          'connector.class': 'io.confluent.connect.jdbc.Adb4PgSinkConnector',
          'connection.url': `jdbc:postgresql://${host}:${port}/${name}`,
          'connection.user': user,
          'connection.password': password,
          'col.names': 'id,name',
          'col.types': 'integer,varchar',
          'pk.fields': 'id',
          'target.tablename': 'people',
          writeMode: 'upsert',
          'value.converter.schemas.enable': 'false',
          'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
        },
      }),
    },
    { sink: (line) => lines.push(line), now: Date.now },
  );
  t.after(() => handler.close());
  const send = (offset: number, value: unknown) =>
    handler(
      {
        eventSource: 'SelfManagedKafka',
        bootstrapServers: 'b:9092',
        records: {
          'server1.dbo.people-0': [
            {
              topic: 'server1.dbo.people',
              partition: 0,
              offset,
              timestamp: 1,
              timestampType: 'CREATE_TIME',
              value: Buffer.from(JSON.stringify(value)).toString('base64'),
              headers: [],
            },
          ],
        },
      },
      context,
    );
  const rows = () => database.query('select * from people order by id');

  assert.deepEqual(await send(0, { before: null, after: { id: 1, name: '44' }, op: 'c' }), { batchItemFailures: [] });
  assert.deepEqual(await rows(), [{ id: 1, name: '44', note: 'kept' }]);
  await database.query("insert into people values (2, 'two', 'mine')");
  await send(1, { before: { id: 2 }, after: { id: 1, name: '44' }, op: 'u' });
  assert.deepEqual(await rows(), [{ id: 1, name: '44', note: 'mine' }]);
  await send(2, { before: { id: 1, name: '44' }, after: null, op: 'd' });
  assert.deepEqual(await rows(), []);
  await send(2, { before: { id: 1, name: '44' }, after: null, op: 'd' });
  assert.deepEqual(await database.query('select next_offset, applied, duplicate, dense from sluice.offsets'), [
    { next_offset: '3', applied: '3', duplicate: '1', dense: true },
  ]);
});
