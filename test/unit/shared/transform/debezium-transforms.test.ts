import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schema, SchemaAndValue } from '../../../../shared/data/schema.ts';
import type { Value } from '../../../../shared/data/value.ts';
import { checkTransforms } from '../../../../shared/transform/check-transforms.ts';
import { chainOf, connectRecord } from '../../../support/transform-chain.ts';

const debezium = 'io.debezium.transforms';
const text: Schema = { type: 'string', optional: true };
const changes: Schema = { type: 'array', optional: true, values: { type: 'struct', optional: false, fields: [] } };
const schemaChange: Schema = {
  type: 'struct',
  optional: false,
  name: 'io.debezium.connector.mysql.SchemaChangeValue',
  fields: [
    { name: 'ddl', schema: text },
    { name: 'tableChanges', schema: changes },
  ],
};

/** What the filter leaves of a change of a schema of these types, or of another value. */
async function survives(excluded: string, value: Value, schema: Schema | null = schemaChange): Promise<boolean> {
  const options = { 'schema.change.event.exclude.list': excluded };
  const chain = await chainOf([`${debezium}.SchemaChangeEventFilter`, options]);
  return chain.apply(connectRecord({ value, schema })) !== null;
}

const changeOf = (...types: string[]) => ({ ddl: 'x', tableChanges: types.map((type) => ({ type })) });

test('SchemaChangeEventFilter drops schema changes by the type of their first table', async () => {
  assert.equal(await survives('DROP,ALTER', changeOf('DROP')), false);
  assert.equal(await survives('DROP,ALTER', changeOf('CREATE')), true);
  assert.equal(await survives('DROP', changeOf('CREATE', 'DROP')), true);
  assert.equal(await survives('DATABASE', changeOf()), false, 'one of no table is one of a database');
  assert.equal(await survives('DROP', changeOf()), true);
  assert.equal(await survives('DROP', { ddl: 'x', tableChanges: null }), false, 'one that does not say is dropped');
});

test('SchemaChangeEventFilter lets pass what is no schema change', async () => {
  assert.equal(await survives('DROP', null), true);
  assert.equal(await survives('DROP', changeOf('DROP'), null), true);
  assert.equal(await survives('DROP', changeOf('DROP'), { ...schemaChange, name: 'shop.orders.Envelope' }), true);
});

test('SchemaChangeEventFilter refuses a type that there is not', async () => {
  await assert.rejects(survives('DROP,RENAME', null), { code: 'CONFIG_INVALID', message: /RENAME is no type/ });
});

/** Topic and key that a router gives a record of the topic `shop.orders_3`. */
async function routed(className: string, more: Readonly<Record<string, string>> = {}, key?: SchemaAndValue) {
  const options = { 'topic.regex': '(.*)_\\d+', 'topic.replacement': '$1', ...more };
  const chain = await chainOf([`${debezium}.${className}`, options]);
  const result = chain.apply(connectRecord({ topic: 'shop.orders_3', value: { id: 1 }, ...(key && { key }) }))!;
  return { topic: result.topic, key: result.key.value };
}
const key: SchemaAndValue = {
  schema: { type: 'struct', optional: false, fields: [{ name: 'id', schema: { type: 'int64', optional: false } }] },
  value: { id: 1 },
};

test('ToLogicalTopicRouter is ByLogicalTableRouter with another name of the field in its key', async () => {
  const names = [
    ['ToLogicalTopicRouter', '__dbz__sourceIdentifier'],
    ['ByLogicalTableRouter', '__dbz__physicalTableIdentifier'],
  ] as const;
  for (const [className, field] of names) {
    const topic = 'shop.orders';
    assert.deepEqual(await routed(className, {}, key), { topic, key: { id: 1, [field]: 'shop.orders_3' } });
    const shard = { 'key.field.name': 'shard', 'key.field.regex': '.*_(\\d+)', 'key.field.replacement': '$1' };
    assert.deepEqual(await routed(className, shard, key), { topic, key: { id: 1, shard: '3' } });
    assert.deepEqual(await routed(className, { 'key.enforce.uniqueness': 'false' }, key), { topic, key: { id: 1 } });
  }
});

test('ToLogicalTopicRouter leaves other topics, and fails on a key without schema', async () => {
  const other = await routed('ToLogicalTopicRouter', { 'topic.regex': 'no(.*)' }, key);
  assert.deepEqual(other, { topic: 'shop.orders_3', key: { id: 1 } });
  assert.deepEqual(await routed('ToLogicalTopicRouter'), { topic: 'shop.orders', key: null });
  const plain = routed('ToLogicalTopicRouter', {}, { schema: null, value: { id: 1 } });
  await assert.rejects(plain, { code: 'TRANSFORM_FAILED', message: /the key is no struct/ });
});

test('PartitionRouting leaves every record as it is, and says that it does nothing', async () => {
  const className = `${debezium}.partitions.PartitionRouting`;
  const options = { 'partition.payload.fields': 'change.id', 'partition.topic.num': '4' };
  const chain = await chainOf([className, options]);
  for (const record of [connectRecord({ value: { id: 1 } }), connectRecord({})]) {
    assert.deepEqual(chain.apply(record), record);
  }
  const settings = { steps: [{ alias: 'p', className, options, negate: false }] };
  const { errors, warnings } = await checkTransforms(settings);
  assert.deepEqual(errors, []);
  assert.match(warnings[0]!.message, /nothing is written to Kafka/);
});
