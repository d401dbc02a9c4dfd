import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStream, type StreamedRecord } from '../support/open-stream.ts';

const debezium = {
  'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
  'insert.mode': 'upsert',
  'primary.key.mode': 'record_key',
  'delete.enabled': 'true',
  'key.converter.schemas.enable': 'false',
};
const confluent = { ...debezium, 'connector.class': 'io.confluent.connect.jdbc.JdbcSinkConnector' };
const table = 'create table t (id integer primary key, a text, email text unique)';
const all = 'select id, a from t';
const source = { db: 'shop', schema: 'dbo', table: 't', lsn: 1 };
const envelope = (op: string, before: object | null, after: object | null) => ({ op, before, after, source, ts_ms: 1 });

test("Debezium's envelope: every op, a d without before, its tombstone, a message of no row", async (t) => {
  const stream = await openStream(t, table, debezium);
  await stream.send(
    { key: { id: 1 }, value: envelope('r', null, { id: 1, a: 'x' }) },
    { key: { id: 2 }, value: envelope('c', null, { id: 2, a: 'x' }) },
    { key: { id: 3 }, value: envelope('C', null, { id: 3, a: 'x' }) },
    { key: { id: 1 }, value: envelope('u', null, { id: 1, a: 'y' }) },
    {
      key: { prefix: 'p' },
      value: { op: 'm', source: { ...source, table: '' }, message: { prefix: 'p', content: '' } },
    },
  );
  await stream.send({ key: { id: 2 }, value: { op: 'd', after: null, source } }, { key: { id: 2 }, value: null });
  assert.deepEqual([await stream.rows(all), await stream.letters()], [['1 y', '3 x'], []]);
  assert.equal((await stream.totals()).filtered, 1);
});

test('flat rows of ExtractNewRecordState are told from envelopes: __deleted, __op, tombstones', async (t) => {
  for (const config of [debezium, confluent]) {
    const stream = await openStream(t, table, config);
    await stream.send(
      { key: { id: 1 }, value: { id: 1, a: 'x', __deleted: 'false' } },
      { key: { id: 2 }, value: { id: 2, a: 'x', __op: 'r' } },
      { key: { id: 3 }, value: { id: 3, a: 'x', __op: 'c', __deleted: false } },
      { key: { id: 4 }, value: envelope('c', null, { id: 4, a: 'an envelope' }) },
    );
    await stream.send(
      { key: { id: 1 }, value: { id: 1, a: 'x', __deleted: 'true', __op: 'd' } },
      { key: { id: 2 }, value: { id: 2, a: null, __deleted: true } },
      { key: { id: 3 }, value: null },
      { key: { id: 5 }, value: { id: 5, a: 'x', __op: 'strange' } },
    );
    assert.deepEqual([await stream.rows(all), await stream.letters()], [['4 an envelope'], ['7 CHANGE_INVALID']]);
  }
});

test('a row with a column op is a row where record.format says so, and metadata is written where it has a column', async (t) => {
  const setup = 'create table t (id integer primary key, op text, before text, __deleted text)';
  const stream = await openStream(t, setup, { ...confluent, 'record.format': 'flat' });
  await stream.send({ key: { id: 1 }, value: { id: 1, op: 'c', before: 'x', __deleted: 'false' } });
  assert.deepEqual(await stream.rows('select * from t'), ['1 c x false']);
  const strict = await openStream(t, table, { ...confluent, 'record.format': 'envelope' });
  await strict.send({ key: { id: 1 }, value: { id: 1, a: 'x' } });
  assert.deepEqual(await strict.letters(), ['0 CHANGE_INVALID']);
});

test('the c/u/d contract takes a value without op for no row: nothing is guessed', async (t) => {
  const stream = await openStream(t, table);
  await stream.send({ value: { id: 1, a: 'x' } }, { value: { op: 'x', after: { id: 1 } } });
  assert.deepEqual(await stream.letters(), ['0 CHANGE_INVALID', '1 CHANGE_INVALID']);
});

/** A key change 1 → 2 as Debezium sends it; both rows have the e-mail address that is unique. */
const left: StreamedRecord[] = [
  { key: { id: 1 }, value: envelope('d', { id: 1 }, null) },
  { key: { id: 1 }, value: null },
];
const arrived: StreamedRecord = { key: { id: 2 }, value: envelope('c', null, { id: 2, a: 'moved', email: 'e' }) };
const setup = `${table}; insert into t values (1, 'x', 'e')`;
const isMoved = ['2 moved'];

test('a key change as delete, tombstone and create: in one batch, one by one, and delivered twice', async (t) => {
  for (const size of [1, 3]) {
    const stream = await openStream(t, setup, debezium);
    const records = [...left, arrived];
    for (let i = 0; i < records.length; i += size) {
      await stream.send(...records.slice(i, i + size));
      await stream.resend();
    }
    assert.deepEqual([await stream.rows(all), await stream.letters()], [isMoved, []]);
  }
});

test('a key change whose halves come by two partitions applies in either order, in one batch or two', async (t) => {
  const byPartition = (records: readonly StreamedRecord[], partition: number) =>
    records.map((record) => ({ ...record, partition }));
  const together = await openStream(t, setup, debezium);
  await together.send(...byPartition([arrived], 0), ...byPartition(left, 1));
  assert.deepEqual([await together.rows(all), await together.letters()], [isMoved, []]);

  // The create alone waits for the address that the delete frees; both are delivered again until it is taken.
  const apart = await openStream(t, setup, debezium);
  const answer = await apart.send(...byPartition([arrived], 0));
  assert.equal(answer?.batchItemFailures?.length, 1);
  const deliverAgain = apart.keep();
  await apart.send(...byPartition(left, 1));
  assert.deepEqual((await deliverAgain())?.batchItemFailures, []);
  assert.deepEqual([await apart.rows(all), await apart.letters()], [isMoved, []]);
});
