import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeColumn } from '../../shared/postgres/column-array.ts';
import { openTestDatabase } from '../support/test-database.ts';

test('integers and booleans come through PostgreSQL as they were, in whatever spelling', async (t) => {
  const { query } = await openTestDatabase(t);
  const bits = { int2: 16, int4: 32, int8: 64 } as const;
  const cases = [
    ...Object.entries(bits).map(([type, size]) => {
      const whole = fc.bigInt({ min: -(2n ** BigInt(size - 1)), max: 2n ** BigInt(size - 1) - 1n });
      const edge = fc.constantFrom(-(2n ** BigInt(size - 1)), 2n ** BigInt(size - 1) - 1n, 0n, -1n);
      const spelt = fc.oneof(
        { weight: 5, arbitrary: fc.oneof(whole, edge).map(String) },
        { weight: 1, arbitrary: fc.constantFrom('+7', ' 7 ', '0007') },
      );
      return { type, spelt };
    }),
    { type: 'bool', spelt: fc.constantFrom('true', 'false', 'true', 'false', 'yes', '0', 'f') },
  ];
  for (const { type, spelt } of cases) {
    const property = fc.asyncProperty(fc.array(fc.option(spelt), { maxLength: 20 }), async (values) => {
      const rows = values.map((value) => ({ values: [value] }));
      const { elementType, value } = encodeColumn(rows, 0, { baseType: type, isArray: false });
      const [sent] = await query(`select array(select unnest($1::${elementType}[])::${type})::text[] as given`, [
        value,
      ]);
      const [told] = await query(`select array(select unnest($1::text[])::${type})::text[] as given`, [values]);
      assert.deepEqual(sent, told);
    });
    await fc.assert(property, { numRuns: 60 });
  }
});
