import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseTiers, testTiers } from '../../support/test-tier.ts';

test('without SLUICE_TIERS every tier is wanted and none is required', () => {
  assert.deepEqual(chooseTiers(undefined), { tiers: testTiers, required: false });
  assert.deepEqual(chooseTiers(' '), { tiers: testTiers, required: false });
});

test('all requires every tier, names require those', () => {
  assert.deepEqual(chooseTiers('all'), { tiers: testTiers, required: true });
  const { tiers, required } = chooseTiers('unit, e2e');
  assert.deepEqual([tiers.map(({ name }) => name), required], [['unit', 'e2e'], true]);
});

test('a name that there is not is refused with those that there are', () => {
  assert.throws(() => chooseTiers('unit,nothing'), /names nothing; there is all, unit, contract/);
});
