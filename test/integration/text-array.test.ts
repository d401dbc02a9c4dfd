import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeTextArray } from '../../shared/postgres/text-array.ts';
import { openTestDatabase } from '../support/test-database.ts';

test('texts come through PostgreSQL as they were, whatever their length and characters', async (t) => {
  const { query } = await openTestDatabase(t);
  const text = fc.oneof(
    fc.constantFrom('', 'NULL', '{}', '"', '\\', '\\x00', "'", ',', ' ', '\r\n\t\u0001', '\ufeff', '🚰'),
    fc.string({ unit: 'binary', maxLength: 20 }).map((any) => any.replaceAll('\0', '')),
  );
  const property = fc.asyncProperty(fc.array(fc.option(text), { maxLength: 30 }), async (values) => {
    const [row] = await query('select $1::text[] as given, cardinality($1::text[]) as n', [encodeTextArray(values)]);
    assert.deepEqual(row, { given: values, n: values.length });
  });
  await fc.assert(property, { numRuns: 200 });
});

test('a thousand texts of four kilobytes come through', async (t) => {
  const { query } = await openTestDatabase(t);
  const values = Array.from({ length: 1_000 }, (_, i) => `${i} `.repeat(1_000));
  assert.deepEqual(await query('select $1::text[] as given', [encodeTextArray(values)]), [{ given: values }]);
});
