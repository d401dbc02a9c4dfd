import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { create, openStream, update } from '../support/open-stream.ts';

const kafka = 'org.apache.kafka.connect.transforms';

/** Properties of transforms, in the order of their aliases `a`, `b`, …. */
function transforms(...steps: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const aliases = steps.map((_, index) => 'abc'[index]!);
  const options = steps.flatMap((step, index) =>
    Object.entries(step).map(([name, text]) => [`transforms.${aliases[index]}.${name}`, text]),
  );
  return { transforms: aliases.join(','), ...Object.fromEntries(options) };
}

test('masked columns of a change event reach the table masked, and their dead letters hold no payload', async (t) => {
  const key = 'a key of more than 16 characters';
  const stream = await openStream(
    t,
    'create table t (id integer primary key, email text, card text)',
    transforms(
      { type: 'io.sluice.transforms.Mask$Value', fields: 'email', mode: 'hash', 'hash.key': key },
      { type: 'io.sluice.transforms.Mask$Value', fields: 'card', mode: 'partial', 'keep.last': '4' },
    ),
  );
  await stream.send(
    create({ id: 1, email: 'a@b.c', card: '4111111111111111' }),
    create({ id: 'x', email: 'd', card: 'e' }),
  );
  const hash = createHmac('sha256', key).update('a@b.c').digest('hex');
  assert.deepEqual(await stream.rows('select * from t'), [`1 ${hash} ************1111`]);
  const letters = await stream.database.query('select value from sluice.dead_letters');
  assert.deepEqual(letters, [{ value: null }]);
});

test('Debezium’s events with schemas, unwrapped, become rows of the table that the router names', async (t) => {
  const row = (optional: boolean) => ({
    type: 'struct',
    optional,
    name: 'shop.orders.Value',
    fields: [
      { field: 'id', type: 'int64', optional: false },
      { field: 'name', type: 'string', optional: true },
    ],
  });
  const schema = {
    type: 'struct',
    optional: false,
    name: 'shop.orders.Envelope',
    fields: [
      { field: 'before', ...row(true) },
      { field: 'after', ...row(true) },
      { field: 'op', type: 'string', optional: false },
    ],
  };
  const event = (op: string, before: object | null, after: object | null) => ({
    topic: 'shop.orders',
    value: { schema, payload: { before, after, op } },
  });
  const config = {
    topics: 'shop.orders',
    'record.format': 'auto',
    'value.converter.schemas.enable': 'true',
    ...transforms(
      {
        type: 'io.debezium.transforms.ExtractNewRecordState',
        'delete.tombstone.handling.mode': 'rewrite',
        'add.fields': 'op',
      },
      { type: `${kafka}.RegexRouter`, regex: 'shop\\.(.*)', replacement: '$1' },
      { type: `${kafka}.ReplaceField$Value`, renames: 'name:title', exclude: '__op' },
    ),
  };
  const stream = await openStream(t, 'create table orders (id bigint primary key, title text)', config);
  await stream.send(
    event('c', null, { id: 1, name: 'one' }),
    event('c', null, { id: 2, name: 'two' }),
    event('u', { id: 1, name: 'one' }, { id: 1, name: 'uno' }),
  );
  const rows = await stream.rows('select id, title from orders');
  assert.deepEqual(rows, ['1 uno', '2 two'], String(await stream.letters()));
  await stream.send(event('d', { id: 1, name: 'uno' }, null));
  assert.equal((await stream.rows('select id from orders where id = 1')).length, 0);
});

test('a record that a transform drops is filtered, one that it cannot work on is a dead letter', async (t) => {
  const stream = await openStream(t, 'create table t (id integer primary key, region text, n text)', {
    ...transforms(
      {
        type: 'io.confluent.connect.transforms.Filter$Value',
        'filter.condition': "$.after[?(@.region == 'EU')]",
        'filter.type': 'include',
        'missing.or.null.behavior': 'exclude',
      },
      { type: `${kafka}.SetSchemaMetadata$Value`, 'schema.name': 'x', predicate: 'late' },
    ),
    predicates: 'late',
    'predicates.late.type': `${kafka}.predicates.HasHeaderKey`,
    'predicates.late.name': 'late',
  });
  await stream.send(create({ id: 1, region: 'EU', n: 'a' }), update(null, { id: 2, region: 'US', n: 'b' }), {
    ...create({ id: 3, region: 'EU', n: 'c' }),
    headers: [['late', 'yes']],
  });
  assert.deepEqual(await stream.rows('select id, n from t'), ['1 a']);
  assert.deepEqual(await stream.letters(), ['2 TRANSFORM_FAILED']);
  assert.deepEqual(await stream.totals(), { applied: 1, filtered: 1, deadLettered: 1, unmatched: 0 });
});
