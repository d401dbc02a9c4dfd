import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEvaluation } from '../../../../functions/sink/evaluate-record.ts';
import type { RowChange } from '../../../../shared/change/change-event.ts';
import { toConnectorPlan } from '../../../../shared/connector/to-connector-plan.ts';
import { JsonNumber } from '../../../../shared/data/json-value.ts';
import type { Evaluate, Evaluated } from '../../../../shared/postgres/prepared-range.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

/** The evaluation of a connector with this configuration. */
function open(config: Record<string, string>): Evaluate {
  const plan = toConnectorPlan({
    name: 'c',
    config: {
      name: 'c',
      'connector.class': 'io.confluent.connect.jdbc.Adb4PgSinkConnector',
      topics: 'shop.dbo.orders,shop.dbo.items',
      'connection.url': 'jdbc:postgresql://localhost/db',
      'connection.user': 'u',
      'connection.password': 'p',
      'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'value.converter.schemas.enable': 'false',
      'pk.fields': 'id',
      ...config,
    },
  });
  return createEvaluation(plan);
}

/** What the connector makes of a value: JSON text, what becomes it, or null for a tombstone. */
function evaluate(
  config: Record<string, string>,
  value: unknown,
  topic = 'shop.dbo.orders',
  lossless = false,
): Evaluated {
  const text = value === null || typeof value === 'string' ? value : JSON.stringify(value);
  return open(config)(toEventRecord({ topic, partition: 0, offset: 1, value: text }), lossless);
}

type RowEvaluated = Extract<Evaluated, { kind: 'change' }> & { readonly event: RowChange };

function changeOf(evaluated: Evaluated): RowEvaluated {
  assert.equal(evaluated.kind, 'change');
  return evaluated as RowEvaluated;
}

const change = { op: 'u', before: { id: 1 }, after: { id: 2, a: 'x', b: 'y' } };

describe('what a record says', () => {
  it('is a change of the table that its topic names, or the connector', () => {
    const { event, table } = changeOf(evaluate({}, change));
    assert.deepEqual(event, change);
    assert.deepEqual(table, { schema: 'dbo', name: 'orders' });
    assert.deepEqual(changeOf(evaluate({ 'target.tablename': 'people' }, change)).table, {
      schema: null,
      name: 'people',
    });
  });

  it('keeps every digit when asked to', () => {
    const text = '{"op":"c","after":{"id":9007199254740993}}';
    assert.deepEqual(changeOf(evaluate({}, text)).event.after, { id: 9007199254740992 });
    const { id } = changeOf(evaluate({}, text, undefined, true)).event.after!;
    assert.ok(id instanceof JsonNumber && id.source === '9007199254740993');
  });

  it('is nothing when it is a tombstone, or a delete while deletes are off', () => {
    assert.deepEqual(evaluate({}, null), { kind: 'filtered' });
    const remove = { op: 'd', before: { id: 1 } };
    assert.equal(evaluate({}, remove).kind, 'change');
    assert.deepEqual(evaluate({ 'delete.enabled': 'false' }, remove), { kind: 'filtered' });
    assert.equal(evaluate({ 'delete.enabled': 'false' }, change).kind, 'change');
  });

  it('is nothing when the table lists leave its table out, readable or not', () => {
    const config = { 'table.include.list': 'dbo.orders' };
    assert.equal(evaluate(config, change).kind, 'change');
    assert.deepEqual(evaluate(config, change, 'shop.dbo.items'), { kind: 'filtered' });
    assert.deepEqual(evaluate(config, 'not JSON', 'shop.dbo.items'), { kind: 'filtered' });
    const source = { schema: 'dbo', table: 'orders' };
    assert.equal(evaluate(config, { ...change, source }, 'shop.dbo.items').kind, 'change');
    assert.deepEqual(evaluate(config, { ...change, source: { ...source, table: 'items' } }), { kind: 'filtered' });
  });

  it('is a reason to reject it when it cannot be read', () => {
    for (const [value, code, stage] of [
      ['not JSON', 'VALUE_NOT_JSON', 'decode-value'],
      ['', 'VALUE_NOT_JSON', 'decode-value'],
      [{ op: 'x' }, 'CHANGE_INVALID', 'parse'],
    ] as const) {
      const evaluated = evaluate({}, value);
      assert.ok(evaluated.kind === 'rejected');
      assert.deepEqual([evaluated.error.code, evaluated.error.stage], [code, stage]);
    }
  });
});

describe('the columns that are written', () => {
  const written = (config: Record<string, string>) => {
    const { columnsFor } = changeOf(evaluate(config, change));
    return ['id', 'a', 'b'].filter(columnsFor(['id'], undefined)).join();
  };

  it('are all of the image', () => assert.equal(written({}), 'id,a,b'));

  it('are those of col.names, and of them those that the column lists let through', () => {
    assert.equal(written({ 'col.names': 'id,a', 'col.types': 'integer,text' }), 'id,a');
    assert.equal(written({ 'column.exclude.list': 'dbo.orders.a' }), 'id,b');
    const both = { 'col.names': 'id,a', 'col.types': 'integer,text', 'column.exclude.list': 'dbo.orders.a' };
    assert.equal(written(both), 'id');
  });

  it('are always those of the key', () => {
    assert.equal(written({ 'column.include.list': 'dbo.orders.b' }), 'id,b');
  });

  it('are chosen by one function for records of one table, so that what depends on it is made once', () => {
    const evaluation = open({
      'col.names': 'id,a',
      'col.types': 'integer,text',
      'column.exclude.list': 'dbo.orders.b',
    });
    const choiceAt = (offset: number) => {
      const record = toEventRecord({ topic: 'shop.dbo.orders', partition: 0, offset, value: JSON.stringify(change) });
      return changeOf(evaluation(record, false)).columnsFor(['id'], undefined);
    };
    assert.equal(choiceAt(1), choiceAt(2));
  });
});
