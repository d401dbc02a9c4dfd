import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectRecord } from '../../../../shared/data/connect-record.ts';
import { chainOf, connectRecord } from '../../../support/transform-chain.ts';

const confluent = 'io.confluent.connect.transforms';

async function applied(
  name: string,
  options: Readonly<Record<string, string>>,
  given: Parameters<typeof connectRecord>[0],
): Promise<ConnectRecord | null> {
  return (await chainOf([`${confluent}.${name}`, options])).apply(connectRecord(given));
}

test('Filter keeps or drops what its path finds something in', async () => {
  const condition = { 'filter.condition': "$[?(@.region == 'EU' && @.amount >= 10)]" };
  const kept = async (type: string, value: Record<string, string | number>) =>
    (await applied('Filter$Value', { ...condition, 'filter.type': type }, { value })) !== null;
  assert.equal(await kept('include', { region: 'EU', amount: 10 }), true);
  assert.equal(await kept('include', { region: 'EU', amount: 9 }), false);
  assert.equal(await kept('include', { region: 'US', amount: 10 }), false);
  assert.equal(await kept('exclude', { region: 'EU', amount: 10 }), false);
  assert.equal(await kept('include', { amount: 10 }), false, 'what is missing within a filter fits nothing');
});

test('Filter of a record without the field before the filter: fail, include or exclude', async () => {
  const of = (more: Readonly<Record<string, string>>) =>
    applied(
      'Filter$Value',
      { 'filter.condition': '$.after[?(@.id > 1)]', 'filter.type': 'include', ...more },
      { value: { after: null } },
    );
  await assert.rejects(of({}), { code: 'TRANSFORM_FAILED', message: /missing or null/ });
  assert.notEqual(await of({ 'missing.or.null.behavior': 'include' }), null);
  assert.equal(await of({ 'missing.or.null.behavior': 'exclude' }), null);
});

test('Filter refuses a path that it does not understand, and a type that there is not', async () => {
  await assert.rejects(applied('Filter$Key', { 'filter.condition': '$.a[?(', 'filter.type': 'some' }, {}), {
    code: 'CONFIG_INVALID',
    message: /2 problem\(s\)/,
  });
});

test('Drop makes null of the key or value, and of its schema what it is told', async () => {
  const schema = { type: 'string', optional: false } as const;
  const of = async (options: Readonly<Record<string, string>>) =>
    (await applied('Drop$Value', options, { schema, value: 'x' }))?.value;
  assert.deepEqual(await of({}), { schema: null, value: null });
  assert.deepEqual(await of({ 'schema.behavior': 'force_optional' }), {
    schema: { type: 'string', optional: true },
    value: null,
  });
  await assert.rejects(of({ 'schema.behavior': 'retain' }), { code: 'TRANSFORM_FAILED' });
});

test('TombstoneHandler drops or refuses tombstones', async () => {
  assert.equal(await applied('TombstoneHandler', {}, {}), null);
  assert.notEqual(await applied('TombstoneHandler', {}, { value: { a: 1 } }), null);
  await assert.rejects(applied('TombstoneHandler', { behavior: 'fail' }, {}), { code: 'TRANSFORM_FAILED' });
});

test('ExtractTopic takes the topic from the whole, a field, a path or a header', async () => {
  const given = {
    value: { table: 'orders', nested: { table: 'lines' }, n: 1 },
    key: { schema: null, value: 'from-key' },
    headers: [{ name: 'h', schema: null, value: 'from-header' }],
  };
  const topic = async (name: string, options: Readonly<Record<string, string>>) =>
    (await applied(name, options, given))?.topic;
  assert.equal(await topic('ExtractTopic$Key', {}), 'from-key');
  assert.equal(await topic('ExtractTopic$Value', { field: 'table' }), 'orders');
  assert.equal(await topic('ExtractTopic$Value', { field: '$.nested.table', 'field.format': 'JSON_PATH' }), 'lines');
  assert.equal(await topic('ExtractTopic$Header', { field: 'h' }), 'from-header');
  assert.equal(await topic('ExtractTopic$Value', { field: 'none', 'skip.missing.or.null': 'true' }), originalTopic);
  for (const field of ['none', 'n']) {
    await assert.rejects(topic('ExtractTopic$Value', { field }), {
      code: 'TRANSFORM_FAILED',
      message: new RegExp(field),
    });
  }
});

const originalTopic = 'shop.public.orders';

test('MessageTimestampRouter takes the first of its fields that is there', async () => {
  const options = { 'message.timestamp.keys': 'ts,time', 'message.timestamp.format': "yyyy-MM-dd'T'HH:mm:ss" };
  const topic = async (value: Record<string, string | null>) =>
    (await applied('MessageTimestampRouter', options, { value }))?.topic;
  assert.equal(await topic({ ts: null, time: '2020-01-02T03:04:05' }), 'shop.public.orders-20200102');
  await assert.rejects(topic({ ts: 'no time' }), { code: 'TRANSFORM_FAILED' });
  await assert.rejects(topic({}), { code: 'TRANSFORM_FAILED' });
});

test('TopicRegexRouter is RegexRouter, by both of its names', async () => {
  const options = { regex: 'shop\\.(.*)', replacement: '$1' };
  assert.equal((await applied('TopicRegexRouter', options, {}))?.topic, 'public.orders');
  const cloud = await chainOf(['io.confluent.connect.cloud.transforms.TopicRegexRouter', options]);
  assert.equal(cloud.apply(connectRecord({}))?.topic, 'public.orders');
});
