import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRefused, splitByRecord } from '../../../../shared/postgres/crash-trial.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

function range(offsets: readonly number[], fromOffset: number, toOffset: number, filteredBefore = 0) {
  const records = offsets.map((offset) => toEventRecord({ topic: 't', partition: 0, offset }));
  return { topic: 't', partition: 0, records, fromOffset, toOffset, filteredBefore };
}

const split = (...[one, nextOffset]: Parameters<typeof splitByRecord>) =>
  splitByRecord(one, nextOffset).map(({ records, fromOffset, toOffset, filteredBefore }) => {
    return `${fromOffset}-${toOffset}: ${records.map(({ offset }) => offset).join(' ')} (${filteredBefore})`;
  });

describe('a range taken record by record', () => {
  it('keeps what is known with the first record, and what follows the last one with that', () => {
    assert.deepEqual(split(range([1, 2, 3, 6, 7], 1, 8), 3), ['1-3: 1 2 3 (0)', '4-6: 6 (0)', '7-8: 7 (0)']);
  });

  it('keeps dropped records in their places, as many as there were', () => {
    assert.deepEqual(split(range([2, 5], 0, 9, 7), 0), ['0-2: 2 (2)', '3-9: 5 (5)']);
    assert.deepEqual(split(range([2, 5], 0, 9, 1), 0), ['0-2: 2 (1)', '3-9: 5 (0)']);
  });

  it('stays whole with one new record or none, and takes a repeated one once', () => {
    assert.deepEqual(split(range([], 0, 3, 4), 0), ['0-3:  (4)']);
    assert.deepEqual(split(range([0, 1], 0, 1), 1), ['0-1: 0 1 (0)']);
    assert.deepEqual(split(range([0, 0, 1, 1], 0, 1), 0), ['0-0: 0 0 (0)', '1-1: 1 1 (0)']);
  });
});

describe('a record at which instances ended', () => {
  it('is tried three times, then now and again', () => {
    const tried = Array.from({ length: 25 }, (_, i) => i + 1).filter((trials) => !isRefused(trials));
    assert.deepEqual(tried, [1, 2, 3, 10, 20]);
  });
});
