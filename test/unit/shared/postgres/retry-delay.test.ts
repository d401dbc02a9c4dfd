import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toRetryDelayMs } from '../../../../shared/postgres/retry-delay.ts';

test('the wait doubles up to a second, and chance takes away up to half of it', () => {
  const all = [1, 2, 3, 6, 7, 50].map((tries) => toRetryDelayMs(tries, () => 0.999999));
  assert.deepEqual(all.map(Math.round), [20, 40, 80, 640, 1_000, 1_000]);
  assert.deepEqual(
    [1, 50].map((tries) => toRetryDelayMs(tries, () => 0)),
    [10, 500],
  );
});
