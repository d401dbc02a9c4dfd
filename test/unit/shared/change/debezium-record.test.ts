import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RowChange } from '../../../../shared/change/change-event.ts';
import type { ChangeSettings } from '../../../../shared/change/change-settings.ts';
import { parseChange } from '../../../../shared/change/parse-change.ts';
import { createJsonConverter } from '../../../../shared/converter/json-converter.ts';
import { fieldSchema } from '../../../../shared/data/schema.ts';
import { ExactNumber } from '../../../../shared/data/value.ts';
import { connectRecord } from '../../../support/connect-records.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

const record = toEventRecord({ topic: 't', partition: 0, offset: 0, value: null });
const auto: ChangeSettings = { format: 'auto', needsBefore: true };
const source = { db: 'shop', schema: 'public', table: 'orders' };

function parse(name: string, schemasEnable: boolean, settings = auto, topic = 't') {
  const options = { converter: 'JsonConverter', schemasEnable, replaceNullWithDefault: true, maxSchemas: 10 } as const;
  const { schema, value } = createJsonConverter(options).decode(connectRecord(name, schemasEnable), record, true);
  return parseChange(value, settings, schema, topic);
}

/** The row under its schema, and as it is without one. */
const typed = { id: 9_007_199_254_740_993n, total: new ExactNumber('12.30'), at: 1_700_000_000_123_456 };
const plain = { id: new ExactNumber('9007199254740993'), total: 'BM4=', at: 1_700_000_000_123_456 };

const ops = { create: 'c', read: 'r', update: 'u', delete: 'd' } as const;

describe('Debezium’s records', () => {
  for (const format of ['envelope', 'auto'] as const) {
    it(`are envelopes, with schemas and without (record.format=${format})`, () => {
      for (const [name, op] of Object.entries(ops)) {
        for (const [schemas, row] of [
          [true, typed],
          [false, plain],
        ] as const) {
          const event = parse(`envelope-${name}`, schemas, { ...auto, format }) as RowChange;
          assert.equal(event.op, op);
          assert.deepEqual(event.source, source);
          assert.deepEqual(op === 'c' || op === 'r' ? event.after : event.before, row, `${name} ${schemas}`);
          assert.equal(event.beforeSchema?.name, schemas ? 'shop.public.orders.Value' : undefined);
        }
      }
      assert.equal(parse('envelope-truncate', true, { ...auto, format }).op, 't');
      assert.equal(parse('envelope-truncate', false, { ...auto, format }).op, 't');
    });
  }

  it('are rows once ExtractNewRecordState took their envelope away', () => {
    for (const schemas of [true, false]) {
      for (const [name, op] of Object.entries(ops)) {
        const event = parse(`flat-${name}`, schemas) as RowChange;
        assert.equal(event.op, op, name);
        const row = event.after ?? event.before;
        assert.equal(row?.__source_table, 'orders');
        if (op !== 'u') assert.deepEqual(row?.total, schemas ? typed.total : plain.total);
        const schema = event.afterSchema ?? event.beforeSchema;
        assert.equal(fieldSchema(schema, 'id')?.type, schemas ? 'int64' : undefined);
      }
      assert.equal(parse('flat-tombstone-create', schemas).op, 'c');
    }
  });

  it('may be the data of CloudEvents, with the schema of the data and without', () => {
    for (const [prefix, row] of [
      ['cloudevent', plain],
      ['cloudevent-with-data-schema', typed],
    ] as const) {
      for (const [name, op] of Object.entries(ops)) {
        const event = parse(`${prefix}-${name}`, false) as RowChange;
        assert.equal(event.op, op);
        assert.deepEqual(event.source, source);
        assert.deepEqual(op === 'c' || op === 'r' ? event.after : event.before, row);
      }
    }
    assert.equal(parse('cloudevent-create', false, { ...auto, format: 'flat' }).op, 'c');
  });

  it('are CloudEvents by the name of their schema too', () => {
    const envelope = { op: 'c', before: null, after: { id: 1 } };
    const text = { type: 'string', optional: false } as const;
    const after = { type: 'struct', optional: true, name: 'row', fields: [] } as const;
    const data = { type: 'struct', optional: false, fields: [{ name: 'after', schema: after }] } as const;
    const fields = [
      { name: 'specversion', schema: text },
      { name: 'data', schema: data },
    ];
    const value = { specversion: '1.0', data: envelope };
    const called = (name: string) => ({ type: 'struct', optional: false, name, fields }) as const;
    const event = parseChange(value, auto, called('shop.shop.CloudEvents.Envelope')) as RowChange;
    assert.deepEqual([event.op, event.after, event.afterSchema], ['c', { id: 1 }, after]);
    assert.deepEqual(parseChange(value, auto, called('other')).after, value);
    assert.equal(parseChange(value, { ...auto, cloudEventsPattern: 'o.*r' }, called('other')).afterSchema, after);
    assert.equal(parseChange(value, { ...auto, cloudEventsPattern: 'o' }, called('other')).afterSchema?.name, 'other');
  });

  it('concern no row when they are of another kind', () => {
    for (const format of ['envelope', 'auto', 'flat'] as const) {
      for (const name of ['transaction-begin', 'transaction-end', 'notification', 'schema-change', 'heartbeat']) {
        assert.equal(parse(name, true, { ...auto, format }).op, 'm', `${name} with schema as ${format}`);
        const topic = name === 'heartbeat' ? '__debezium-heartbeat.shop' : 'shop';
        assert.equal(parse(name, false, { ...auto, format }, topic).op, 'm', `${name} as ${format}`);
      }
      const signal = { id: 'ad-hoc', type: 'execute-snapshot', data: {} };
      assert.equal(parseChange(signal, { ...auto, format }, null, 'shop-signals').op, 'm');
    }
  });

  it('are rows where a row could be meant', () => {
    for (const row of [
      { ts_ms: 1 },
      { id: 'a', type: 'b', data: 'c' },
      { id: 'a', status: 'END' },
      { ddl: 'x', databaseName: 'y' },
      { id: 1, type: 'x', aggregate_type: 'y', additional_data: 'z', more: 1 },
    ]) {
      assert.deepEqual(parseChange(row, auto, null, 'shop.public.orders').after, row);
    }
  });

  it('are deletes without a row only where the record key names it', () => {
    const schema = { type: 'struct', optional: true, name: 'row', fields: [] } as const;
    assert.throws(() => parseChange(null, auto, schema), { code: 'CHANGE_INVALID', message: /pk\.mode=record_key/ });
  });
});
