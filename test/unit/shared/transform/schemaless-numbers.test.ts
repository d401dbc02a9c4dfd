import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ExactNumber, type Value } from '../../../../shared/data/value.ts';
import { transformValue } from '../../../support/transform-chain.ts';

const kafka = 'org.apache.kafka.connect.transforms';

async function fieldOf(value: Value, name: string, options: Readonly<Record<string, string>>): Promise<Value> {
  const result = await transformValue({ n: value }, [`${kafka}.${name}$Value`, options]);
  return (result!.value as { readonly n: Value }).n;
}

test('numbers without schema keep their digits, and what has a point is a double', async () => {
  const text = (value: Value) => fieldOf(value, 'Cast', { spec: 'n:string' });
  assert.equal(await text(new ExactNumber('9007199254740993')), '9007199254740993');
  assert.equal(await text(new ExactNumber('123456789012345678901234567890')), '123456789012345678901234567890');
  assert.equal(await text(new ExactNumber('12.0')), '12.0');
  assert.equal(await text(12), '12');
  assert.equal(await fieldOf(new ExactNumber('9223372036854775807'), 'Cast', { spec: 'n:int64' }), 2n ** 63n - 1n);
});

test('a unix time of nanoseconds is an integer beyond 2^53', async () => {
  const options = { field: 'n', 'target.type': 'string', format: 'yyyy-MM-dd', 'unix.precision': 'nanoseconds' };
  assert.equal(await fieldOf(new ExactNumber('1577836800123456789'), 'TimestampConverter', options), '2020-01-01');
  await assert.rejects(fieldOf(new ExactNumber('1.50'), 'TimestampConverter', options), { code: 'TRANSFORM_FAILED' });
});

test('without schema, dates and timestamps are ISO 8601 text', async () => {
  const as = (type: string) => fieldOf(1577836800123, 'TimestampConverter', { field: 'n', 'target.type': type });
  assert.deepEqual(await Promise.all(['Timestamp', 'Date', 'Time'].map(as)), [
    '2020-01-01T00:00:00.123Z',
    '2020-01-01',
    '00:00:00.123',
  ]);
});

test('names that JavaScript gives to every object are fields like others', async () => {
  const row: Value = JSON.parse('{"__proto__": 1, "constructor": "c", "n": {"toString": 2}}');
  const flat = await transformValue(row, [`${kafka}.Flatten$Value`, {}]);
  assert.deepEqual(Object.entries(flat?.value as object).sort(), [
    ['__proto__', 1],
    ['constructor', 'c'],
    ['n.toString', 2],
  ]);
  const renamed = await transformValue(row, [
    `${kafka}.ReplaceField$Value`,
    { include: '__proto__,constructor', renames: 'constructor:__proto__2' },
  ]);
  assert.deepEqual(Object.entries(renamed?.value as object).sort(), [
    ['__proto__', 1],
    ['__proto__2', 'c'],
  ]);
  assert.deepEqual(
    (await transformValue({ a: 1 }, [`${kafka}.ExtractField$Value`, { field: 'toString' }]))?.value,
    null,
  );
});

test('any JSON passes every transform, changed or refused, and is itself never changed', async () => {
  const steps = [
    [`${kafka}.ReplaceField$Value`, { exclude: 'a', renames: 'b:c' }],
    [`${kafka}.Cast$Value`, { spec: 'a:int32,b:string' }],
    [`${kafka}.Flatten$Value`, {}],
    [`${kafka}.MaskField$Value`, { fields: 'a', replacement: '7' }],
    [`${kafka}.TimestampConverter$Value`, { field: 'a', 'target.type': 'unix', format: 'yyyy-MM-dd' }],
    ['io.sluice.transforms.Mask$Value', { fields: 'a,b', mode: 'partial', 'keep.last': '1' }],
    ['io.sluice.transforms.Mask$Value', { fields: 'a,b', mode: 'hash', 'hash.key': 'sixteen characters' }],
    [
      'io.confluent.connect.transforms.Filter$Value',
      { 'filter.condition': "$..[?(@.a == 'x' || @.b > 1)]", 'filter.type': 'include' },
    ],
  ] as const;
  const leaf = fc.oneof(fc.jsonValue(), fc.constant(new ExactNumber('1e400')), fc.bigInt());
  const row = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'op', 'after'), leaf);
  await fc.assert(
    fc.asyncProperty(row, fc.constantFrom(...steps), async (given, step) => {
      try {
        await transformValue(given as Value, step);
      } catch (error) {
        assert.equal((error as { readonly code?: string }).code, 'TRANSFORM_FAILED', String(error));
      }
    }),
    { numRuns: 500 },
  );
});
