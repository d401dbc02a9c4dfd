import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evaluateRecords } from '../../../../functions/filter/evaluate-record.ts';
import { openRecordSelector } from '../../../../shared/connector/open-record-selector.ts';
import { toConnectorPlan } from '../../../../shared/connector/to-connector-plan.ts';
import { createConverterPorts } from '../../../../shared/converter/converter-ports.ts';
import type { Verdict } from '../../../../shared/forward/evaluated-partition.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

const onlyOrders = { 'table.include.list': 'dbo.orders' };
const ports = createConverterPorts({}, { resolve: async (text) => text, forget: () => {} }, Date.now);

/** What a connector with this configuration says of one value: JSON text, what becomes it, or null for a tombstone. */
async function evaluate(topic: string, value: unknown, config: Record<string, string> = onlyOrders): Promise<Verdict> {
  const text = typeof value === 'string' || value === null ? value : JSON.stringify(value);
  const plan = toConnectorPlan({
    name: 'orders',
    config: {
      'connector.class': 'io.sluice.SluiceSinkConnector',
      topics: 'any',
      'connection.url': 'jdbc:postgresql://localhost/db',
      'connection.user': 'someone',
      ...config,
    },
  });
  const record = toEventRecord({ topic, partition: 0, offset: 1, value: text });
  return (await evaluateRecords([record], await openRecordSelector(plan, ports)))[0]!;
}

describe('evaluating a record', () => {
  it('forwards everything without a table list, unread', async () => {
    assert.equal(await evaluate('any', 'not JSON, "source"', {}), 'forward');
  });

  it('goes by the topic of a record without a source block, valid or not', async () => {
    assert.equal(await evaluate('s.dbo.orders', { op: 'd', before: { id: 1 } }), 'forward');
    assert.equal(await evaluate('s.dbo.items', { op: 'd', before: { id: 1 } }), 'drop');
    assert.equal(await evaluate('s.dbo.orders', 'not JSON'), 'forward');
    assert.equal(await evaluate('s.dbo.items', null), 'drop');
  });

  it('drops a tombstone unless the record key names the row that is gone', async () => {
    assert.equal(await evaluate('s.dbo.orders', null), 'drop');
    const byKey = { ...onlyOrders, 'pk.mode': 'record_key', 'pk.fields': 'id' };
    assert.equal(await evaluate('s.dbo.orders', null, byKey), 'forward');
    assert.equal(await evaluate('s.dbo.items', null, byKey), 'drop');
  });

  it('goes by the source block where there is one', async () => {
    const change = { op: 'c', before: null, after: { id: 1 } };
    const ofOrders = { ...change, source: { db: 'shop', schema: 'dbo', table: 'orders' } };
    assert.equal(await evaluate('routed', ofOrders), 'forward');
    assert.equal(await evaluate('s.dbo.orders', { ...change, source: { schema: 'dbo', table: 'x' } }), 'drop');
  });

  it('goes by the topic when source is a column, or names no table', async () => {
    const change = { op: 'c', before: null, after: { id: 1, source: { schema: 'dbo', table: 'x' } } };
    assert.equal(await evaluate('s.dbo.orders', change), 'forward');
    assert.equal(await evaluate('s.dbo.items', { ...change, source: 'web' }), 'drop');
  });

  it('rejects a record that it has to read and cannot', async () => {
    assert.deepEqual(await evaluate('s.dbo.items', '{"source":'), {
      stage: 'decode-value',
      code: 'VALUE_NOT_JSON',
      message: 'The value is not a JSON document.',
    });
    const verdict = await evaluate('s.dbo.items', { op: 'x', source: { table: 'orders' } });
    assert.ok(typeof verdict === 'object');
    assert.deepEqual([verdict.stage, verdict.code], ['parse', 'CHANGE_INVALID']);
  });
});
