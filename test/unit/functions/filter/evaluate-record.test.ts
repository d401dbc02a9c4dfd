import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evaluateRecord } from '../../../../functions/filter/evaluate-record.ts';
import { createTableFilter } from '../../../../shared/filter/table-filter.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

const orders = createTableFilter({ tableInclude: [/dbo\.orders/] });

function record(topic: string, value: unknown) {
  const text = typeof value === 'string' || value === null ? value : JSON.stringify(value);
  return toEventRecord({ topic, partition: 0, offset: 1, value: text });
}

describe('evaluating a record', () => {
  it('forwards everything without a table list, unread', () => {
    assert.equal(evaluateRecord(record('any', 'not JSON, "source"'), createTableFilter({})), 'forward');
  });

  it('goes by the topic of a record without a source block, valid or not', () => {
    assert.equal(evaluateRecord(record('s.dbo.orders', { op: 'd', before: { id: 1 } }), orders), 'forward');
    assert.equal(evaluateRecord(record('s.dbo.items', { op: 'd', before: { id: 1 } }), orders), 'drop');
    assert.equal(evaluateRecord(record('s.dbo.orders', 'not JSON'), orders), 'forward');
    assert.equal(evaluateRecord(record('s.dbo.orders', null), orders), 'forward');
    assert.equal(evaluateRecord(record('s.dbo.items', null), orders), 'drop');
  });

  it('goes by the source block where there is one', () => {
    const change = { op: 'c', before: null, after: { id: 1 } };
    const ofOrders = { ...change, source: { db: 'shop', schema: 'dbo', table: 'orders' } };
    assert.equal(evaluateRecord(record('routed', ofOrders), orders), 'forward');
    assert.equal(
      evaluateRecord(record('s.dbo.orders', { ...change, source: { schema: 'dbo', table: 'x' } }), orders),
      'drop',
    );
  });

  it('goes by the topic when source is a column, or names no table', () => {
    const change = { op: 'c', before: null, after: { id: 1, source: { schema: 'dbo', table: 'x' } } };
    assert.equal(evaluateRecord(record('s.dbo.orders', change), orders), 'forward');
    assert.equal(evaluateRecord(record('s.dbo.items', { ...change, source: 'web' }), orders), 'drop');
  });

  it('rejects a record that it has to read and cannot', () => {
    assert.deepEqual(evaluateRecord(record('s.dbo.items', '{"source":'), orders), {
      stage: 'decode-value',
      code: 'VALUE_NOT_JSON',
      message: 'The value is not a JSON document.',
    });
    const verdict = evaluateRecord(record('s.dbo.items', { op: 'x', source: { table: 'orders' } }), orders);
    assert.ok(typeof verdict === 'object');
    assert.deepEqual([verdict.stage, verdict.code], ['parse', 'CHANGE_INVALID']);
  });
});
