import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseRecordFilter } from '../../../../localstack/event-source/record-filter.ts';

/** Whether a record with this value passes filters with these patterns; texts and bytes are taken as they are. */
function passes(value: unknown, ...patterns: readonly unknown[]): boolean {
  const filter = parseRecordFilter(patterns.map((pattern) => JSON.stringify(pattern)))!;
  if (value === null) return filter({ value: null });
  if (Buffer.isBuffer(value)) return filter({ value });
  return filter({ value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)) });
}

/** Whether a JSON record `{field: value}` passes the rules for the field; undefined: the field is not there. */
const fits = (value: unknown, ...rules: readonly unknown[]) => passes({ field: value }, { value: { field: rules } });

test('without patterns there is no filter', () => {
  assert.equal(parseRecordFilter([]), undefined);
});

test('values match exactly, by type', () => {
  for (const value of ['a', '', 1, 1.5, true, false, null]) assert.ok(fits(value, value), String(value));
  assert.ok(fits('b', 'a', 'b'));
  assert.ok(!fits('1', 1));
  assert.ok(!fits(undefined, null));
  assert.ok(!fits('A', 'a'));
  assert.ok(!fits({ a: 1 }, 'a'));
});

test('prefix, suffix and equals-ignore-case look at texts alone', () => {
  assert.ok(fits('order-1', { prefix: 'order-' }) && !fits('my order-', { prefix: 'order-' }));
  assert.ok(fits('a.png', { suffix: '.png' }) && !fits('a.png.gz', { suffix: '.png' }));
  assert.ok(fits('ALICE', { 'equals-ignore-case': 'alice' }) && !fits('alic', { 'equals-ignore-case': 'alice' }));
  assert.ok(fits('ORDER-1', { prefix: { 'equals-ignore-case': 'order-' } }));
  assert.ok(fits('a.PNG', { suffix: { 'equals-ignore-case': '.png' } }));
  assert.ok(!fits(12, { prefix: '1' }) && !fits(undefined, { prefix: '' }));
});

test('anything-but wants another value of a field that is there', () => {
  assert.ok(fits('b', { 'anything-but': 'a' }) && !fits('a', { 'anything-but': 'a' }));
  assert.ok(fits(3, { 'anything-but': [1, 2] }) && !fits(2, { 'anything-but': [1, 2] }));
  assert.ok(!fits(undefined, { 'anything-but': 'a' }));
});

test('numeric compares numbers, with one bound or two', () => {
  const range = { numeric: ['>', 0, '<=', 5] };
  assert.deepEqual(
    [0, 0.1, 5, 5.1, '3', undefined].map((value) => fits(value, range)),
    [false, true, true, false, false, false],
  );
  assert.ok(fits(100, { numeric: ['=', 100] }) && !fits(101, { numeric: ['=', 100] }));
});

test('exists looks at leaves: an object is none, a null is one', () => {
  assert.ok(fits(null, { exists: true }) && !fits(undefined, { exists: true }));
  assert.ok(fits(undefined, { exists: false }) && !fits(0, { exists: false }));
  assert.ok(fits({ a: 1 }, { exists: false }));
  assert.ok(passes({}, { value: { outer: { inner: [{ exists: false }] } } }));
  assert.ok(!passes({ outer: { inner: 1 } }, { value: { outer: { inner: [{ exists: false }] } } }));
});

test('all fields must match, one alternative of $or, and nested objects in their place', () => {
  const pattern = { value: { after: { state: ['NY'] }, $or: [{ op: ['c'] }, { op: ['u'], n: [1] }] } };
  assert.ok(passes({ after: { state: 'NY' }, op: 'c' }, pattern));
  assert.ok(passes({ after: { state: 'NY' }, op: 'u', n: 1 }, pattern));
  assert.ok(!passes({ after: { state: 'NY' }, op: 'u', n: 2 }, pattern));
  assert.ok(!passes({ after: { state: 'CA' }, op: 'c' }, pattern));
  assert.ok(!passes({ state: 'NY', op: 'c' }, pattern));
  assert.ok(passes({ b: 2 }, { $or: [{ value: { a: [1] } }, { value: { b: [2] } }] }));
});

test('a list in the data matches when one of its elements does', () => {
  assert.ok(fits(['a', 'b'], 'b') && !fits(['a', 'b'], 'c'));
  assert.ok(fits(['a', 'b'], { 'anything-but': 'a' }));
  assert.ok(!fits([], { 'anything-but': 'a' }) && fits([], { exists: false }));
  const pattern = { value: { items: { sku: ['x'], count: [1] } } };
  assert.ok(passes({ items: [{ sku: 'y' }, { sku: 'x', count: 1 }] }, pattern));
  assert.ok(
    !passes(
      {
        items: [
          { sku: 'x', count: 2 },
          { sku: 'y', count: 1 },
        ],
      },
      pattern,
    ),
  );
  assert.ok(!passes({ items: [] }, pattern));
  assert.ok(passes([{ op: 'c' }], { value: { op: ['c'] } }) && !passes([{ op: 'c' }], { value: { op: ['d'] } }));
});

test('names that every object inherits are no fields', () => {
  assert.ok(passes({}, { value: { constructor: [{ exists: false }] } }));
  assert.ok(!passes({}, { value: { toString: { name: ['toString'] } } }));
});

test('plain strings match lists of rules', () => {
  assert.ok(passes('hello world', { value: [{ prefix: 'hello' }] }));
  assert.ok(!passes('good bye', { value: [{ prefix: 'hello' }] }));
  assert.ok(passes('42', { value: ['42'] }) && passes('42', { value: [42] }) && !passes('43', { value: [42] }));
});

test('FilterCriteria: a record whose format is not that of the pattern, or that is not UTF-8, passes', () => {
  assert.ok(passes('plain', { value: { op: ['c'] } }));
  assert.ok(passes({ op: 'd' }, { value: ['plain'] }));
  assert.ok(passes(Buffer.from([0, 0, 0, 0, 1, 0xff, 0xfe]), { value: { op: ['c'] } }));
  assert.ok(passes(Buffer.from([0xff]), { value: ['plain'] }));
  assert.ok(passes({ op: 'd' }, {}));
});

test('a record that is nested deeper than can be judged passes', () => {
  const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  assert.ok(passes(deep, { value: { a: [1] } }));
});

test('FilterCriteria: a tombstone passes', () => {
  assert.ok(passes(null, { value: { op: ['c'] } }) && passes(null, { value: ['plain'] }));
});

test('FilterCriteria: several filters are alternatives', () => {
  const patterns = [{ value: { op: ['c'] } }, { value: { op: ['u'] } }];
  assert.ok(passes({ op: 'u' }, ...patterns) && !passes({ op: 'd' }, ...patterns));
});

test('FilterCriteria: patterns that Lambda would refuse, as those of other fields than value, are refused with the reason', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /not JSON/],
    ['{', /not JSON/],
    ['[]', /list, or an object/],
    ['{"value":"a"}', /list, or an object/],
    ['{"value":{}}', /no fields/],
    ['{"value":[]}', /empty/],
    ['{"offset":[1]}', /by value alone, not by offset/],
    ['{"value":{"a":[{"wildcard":"*"}]}}', /no operator "wildcard"/],
    ['{"value":{"a":[{"prefix":1}]}}', /prefix needs a text/],
    ['{"value":{"a":[{"prefix":"a","suffix":"b"}]}}', /one operator/],
    ['{"value":{"a":[{}]}}', /no operator/],
    ['{"value":{"a":[["b"]]}}', /one operator|no operator/],
    ['{"value":{"a":[{"anything-but":{"prefix":"a"}}]}}', /anything-but needs/],
    ['{"value":{"a":[{"numeric":[">"]}]}}', /numeric needs/],
    ['{"value":{"a":[{"numeric":["~",1]}]}}', /numeric needs/],
    ['{"value":{"a":[{"exists":"yes"}]}}', /exists needs/],
    ['{"value":{"$or":{"a":[1]}}}', /\$or needs/],
    [`{"value":${'{"a":'.repeat(200)}[1]${'}'.repeat(201)}`, /nested deeper/],
  ];
  for (const [pattern, reason] of refused) {
    assert.throws(() => parseRecordFilter([pattern]), { code: 'CONFIG_INVALID', message: reason }, pattern);
  }
});

test('an object made of its own leaves always matches itself, and never with one leaf changed', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const data = fc.dictionary(
    fc.string().filter((name) => name !== '$or' && name !== '__proto__'),
    leaf,
    { minKeys: 1, maxKeys: 4 },
  );
  fc.assert(
    fc.property(data, (object) => {
      const fields = Object.fromEntries(Object.entries(object).map(([name, value]) => [name, [value]]));
      assert.ok(passes(object, { value: fields }));
      const name = Object.keys(object)[0]!;
      assert.ok(!passes({ ...object, [name]: 'another value altogether' }, { value: fields }));
    }),
  );
});
