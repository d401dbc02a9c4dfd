import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRecord } from '../support/connect-records.ts';
import { openStream } from '../support/open-stream.ts';

const table =
  'create table orders (id bigint primary key, total numeric, at timestamp(6), __deleted text, __source_table text)';
const rows = 'select id, total, at from orders';
const withSchemas = {
  'value.converter.schemas.enable': 'true',
  'record.format': 'auto',
  'pk.mode': 'record_value',
  'pk.fields': 'id',
};
const beside = ['heartbeat', 'transaction-begin', 'transaction-end', 'notification', 'schema-change'];
const text = (name: string, schemas: boolean) => ({ value: connectRecord(name, schemas).toString() });

const inserted = '9007199254740993 12.30 2023-11-14 22:13:20.123456';

for (const [kind, schemas] of [
  ['envelope', true],
  ['flat', true],
  ['cloudevent-with-data-schema', false],
] as const) {
  test(`Debezium's records end as rows to the last digit, and what stands beside them is filtered (${kind})`, async (t) => {
    const config = { ...withSchemas, 'value.converter.schemas.enable': String(schemas), 'target.tablename': 'orders' };
    const stream = await openStream(t, table, config);
    await stream.send(
      text(`${kind}-create`, schemas),
      ...beside.filter((name) => schemas || name !== 'heartbeat').map((name) => text(name, schemas)),
    );
    const shown = "select id, total, to_char(at, 'YYYY-MM-DD HH24:MI:SS.US') from orders";
    assert.deepEqual(await stream.letters(), []);
    assert.deepEqual(await stream.rows(shown), [inserted]);
    await stream.send(text(`${kind}-update`, schemas));
    assert.equal((await stream.rows('select id from orders where total is null and at is null')).length, 1);
    await stream.send(text(`${kind}-delete`, schemas));
    assert.deepEqual(await stream.rows(rows), []);
    assert.deepEqual(await stream.letters(), []);
    assert.equal((await stream.totals()).filtered, schemas ? 5 : 4);
  });
}

test('a delete that ExtractNewRecordState left without a row is a dead letter unless the record key names it', async (t) => {
  const config = { ...withSchemas, 'target.tablename': 'orders' };
  const byValue = await openStream(t, table, config);
  await byValue.send(text('optional-struct-null', true));
  assert.deepEqual(await byValue.letters(), ['0 CHANGE_INVALID']);
  const byKey = await openStream(t, table, { ...config, 'pk.mode': 'record_key' });
  const key = { id: 9_007_199_254 };
  await byKey.send({ key, value: '{"schema":null,"payload":{"id":9007199254,"total":1}}' });
  await byKey.send({ key, ...text('optional-struct-null', true) });
  assert.deepEqual([await byKey.rows(rows), await byKey.letters()], [[], []]);
});
