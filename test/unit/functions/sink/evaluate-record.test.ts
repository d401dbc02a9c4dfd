import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEvaluation } from '../../../../functions/sink/evaluate-record.ts';
import type { RowChange } from '../../../../shared/change/change-event.ts';
import { toConnectorPlan } from '../../../../shared/connector/to-connector-plan.ts';
import { createConverterPorts } from '../../../../shared/converter/converter-ports.ts';
import { ExactNumber } from '../../../../shared/data/value.ts';
import type { Evaluate, Evaluated } from '../../../../shared/postgres/prepared-range.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

/** The evaluation of a connector with this configuration. */
async function open(config: Record<string, string>): Promise<Evaluate> {
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
  const secrets = { resolve: async (text: string) => text, forget: () => {} };
  return (await createEvaluation(plan, createConverterPorts({}, secrets, Date.now))).evaluate;
}

/** What the connector makes of a value: JSON text, what becomes it, or null for a tombstone. */
async function evaluate(
  config: Record<string, string>,
  value: unknown,
  topic = 'shop.dbo.orders',
  lossless = false,
): Promise<Evaluated> {
  const text = value === null || typeof value === 'string' ? value : JSON.stringify(value);
  return (await open(config))(toEventRecord({ topic, partition: 0, offset: 1, value: text }), lossless);
}

type RowEvaluated = Extract<Evaluated, { kind: 'change' }> & { readonly event: RowChange };

function changeOf(evaluated: Evaluated): RowEvaluated {
  assert.equal(evaluated.kind, 'change');
  return evaluated as RowEvaluated;
}

const change = { op: 'u', before: { id: 1 }, after: { id: 2, a: 'x', b: 'y' } };

describe('what a record says', () => {
  it('is a change of the table that its topic names, or the connector', async () => {
    const { event, table } = changeOf(await evaluate({}, change));
    assert.deepEqual(event, change);
    assert.deepEqual(table, { schema: 'dbo', name: 'orders' });
    assert.deepEqual(changeOf(await evaluate({ 'target.tablename': 'people' }, change)).table, {
      schema: null,
      name: 'people',
    });
  });

  it('keeps every digit when asked to', async () => {
    const text = '{"op":"c","after":{"id":9007199254740993}}';
    assert.deepEqual(changeOf(await evaluate({}, text)).event.after, { id: 9007199254740992 });
    const { id } = changeOf(await evaluate({}, text, undefined, true)).event.after!;
    assert.ok(id instanceof ExactNumber && id.source === '9007199254740993');
  });

  it('is nothing when it is a tombstone, or a delete while deletes are off', async () => {
    assert.deepEqual(await evaluate({}, null), { kind: 'filtered' });
    const remove = { op: 'd', before: { id: 1 } };
    assert.equal((await evaluate({}, remove)).kind, 'change');
    assert.deepEqual(await evaluate({ 'delete.enabled': 'false' }, remove), { kind: 'filtered' });
    assert.equal((await evaluate({ 'delete.enabled': 'false' }, change)).kind, 'change');
  });

  it('is nothing when the table lists leave its table out, readable or not', async () => {
    const config = { 'table.include.list': 'dbo.orders' };
    assert.equal((await evaluate(config, change)).kind, 'change');
    assert.deepEqual(await evaluate(config, change, 'shop.dbo.items'), { kind: 'filtered' });
    assert.deepEqual(await evaluate(config, 'not JSON', 'shop.dbo.items'), { kind: 'filtered' });
    const source = { schema: 'dbo', table: 'orders' };
    assert.equal((await evaluate(config, { ...change, source }, 'shop.dbo.items')).kind, 'change');
    assert.deepEqual(await evaluate(config, { ...change, source: { ...source, table: 'items' } }), {
      kind: 'filtered',
    });
  });

  it('is a reason to reject it when it cannot be read', async () => {
    for (const [value, code, stage] of [
      ['not JSON', 'VALUE_NOT_JSON', 'decode-value'],
      ['', 'VALUE_NOT_JSON', 'decode-value'],
      [{ op: 'x' }, 'CHANGE_INVALID', 'parse'],
    ] as const) {
      const evaluated = await evaluate({}, value);
      assert.ok(evaluated.kind === 'rejected');
      assert.deepEqual([evaluated.error.code, evaluated.error.stage], [code, stage]);
    }
  });
});

describe('the columns that are written', () => {
  const written = async (config: Record<string, string>) => {
    const { columnsFor } = changeOf(await evaluate(config, change));
    return ['id', 'a', 'b'].filter(columnsFor(['id'], undefined)).join();
  };

  it('are all of the image', async () => assert.equal(await written({}), 'id,a,b'));

  it('are those of col.names, and of them those that the column lists let through', async () => {
    assert.equal(await written({ 'col.names': 'id,a', 'col.types': 'integer,text' }), 'id,a');
    assert.equal(await written({ 'column.exclude.list': 'dbo.orders.a' }), 'id,b');
    const both = { 'col.names': 'id,a', 'col.types': 'integer,text', 'column.exclude.list': 'dbo.orders.a' };
    assert.equal(await written(both), 'id');
  });

  it('are always those of the key', async () => {
    assert.equal(await written({ 'column.include.list': 'dbo.orders.b' }), 'id,b');
  });

  it('are chosen by one function for records of one table, so that what depends on it is made once', async () => {
    const evaluate = await open({
      'col.names': 'id,a',
      'col.types': 'integer,text',
      'column.exclude.list': 'dbo.orders.b',
    });
    const choiceAt = (offset: number) => {
      const record = toEventRecord({ topic: 'shop.dbo.orders', partition: 0, offset, value: JSON.stringify(change) });
      return changeOf(evaluate(record, false)).columnsFor(['id'], undefined);
    };
    assert.equal(choiceAt(1), choiceAt(2));
  });
});
