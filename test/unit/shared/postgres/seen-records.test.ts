import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  decodeFingerprints,
  encodeFingerprints,
  findContradiction,
  rememberRecords,
  type SeenRecords,
} from '../../../../shared/postgres/seen-records.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

const nowMs = 1_000_000_000;
const nothing: SeenRecords = { maxTimestamp: null, fingerprints: [] };
const record = (offset: number, timestamp: number, value: string | null = 'v') =>
  toEventRecord({ topic: 't', partition: 0, offset, timestamp, value });

describe('what a partition remembers of its records', () => {
  it('never contradicts a record that was taken, whatever its time and however many there are', () => {
    const year = 365 * 24 * 3_600_000;
    const times = fc.oneof(fc.integer({ min: -1, max: nowMs }), fc.integer({ min: nowMs, max: nowMs + 80 * year }));
    fc.assert(
      fc.property(fc.array(fc.array(times, { minLength: 1, maxLength: 12 }), { maxLength: 40 }), (batches) => {
        let seen = nothing;
        let next = 0;
        const taken = [];
        for (const batch of batches) {
          const records = batch.map((timestamp) => record(next++, timestamp, `v${next}`));
          taken.push(...records);
          seen = rememberRecords(seen, records, nowMs);
          assert.equal(findContradiction(seen, taken), undefined);
        }
        assert.ok(seen.fingerprints.length <= 18);
        assert.ok(seen.fingerprints.every(({ offset }, i, all) => i === 0 || offset > all[i - 1]!.offset));
        assert.deepEqual(decodeFingerprints(JSON.parse(encodeFingerprints(seen.fingerprints))), seen.fingerprints);
      }),
    );
  });

  it('is contradicted by a later record, by another value at a remembered offset, and by a lost value', () => {
    const seen = rememberRecords(nothing, [record(0, 5), record(1, 7)], nowMs);
    assert.equal(findContradiction(seen, [record(0, 8)])?.offset, 0);
    assert.equal(findContradiction(seen, [record(0, 6), record(1, 7, 'w')])?.offset, 1);
    assert.equal(findContradiction(seen, [record(1, 7, null)])?.offset, 1);
    assert.equal(findContradiction(seen, [record(1, 6)])?.offset, 1);
    assert.equal(findContradiction(nothing, [record(0, 8)]), undefined);
  });

  it('counts what a filter dropped as seen, but no date of the far future', () => {
    const seen = rememberRecords(nothing, [record(0, 5)], nowMs, 9);
    assert.equal(findContradiction(seen, [record(1, 9)]), undefined);
    assert.equal(rememberRecords(nothing, [], nowMs, 9).maxTimestamp, 9);
    assert.equal(rememberRecords(nothing, [], nowMs).maxTimestamp, null);
    assert.ok(rememberRecords(nothing, [], nowMs, nowMs * 1_000).maxTimestamp! < nowMs * 2);
  });
});
