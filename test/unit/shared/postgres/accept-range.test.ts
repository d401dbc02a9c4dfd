import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { type AcceptContext, type AcceptedRange, acceptRange } from '../../../../shared/postgres/accept-range.ts';
import { initialLedgerRow, type LedgerRow } from '../../../../shared/postgres/ledger.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

interface Case {
  readonly name: string;
  /** Offsets of the records; of a forwarded range also how many were dropped between `from` and `to`. */
  readonly offsets: readonly number[];
  readonly from?: number;
  readonly to?: number;
  readonly filtered?: number;
  /** The ledger's next offset, floor and density; absent: the partition was never read. */
  readonly ledger?: readonly [next: number, floor: number, dense: boolean];
  readonly fresh: readonly number[];
  readonly duplicate?: number;
  readonly filteredBefore?: number;
  readonly next: number;
  readonly dense?: boolean;
  readonly gaps?: readonly (readonly [number, number])[];
}

const cases: readonly Case[] = [
  { name: 'the first range ever', offsets: [5, 6], fresh: [5, 6], next: 7 },
  { name: 'the first range, with a hole', offsets: [5, 8], fresh: [5, 8], next: 9, dense: false, gaps: [[6, 7]] },
  { name: 'the next range', offsets: [5, 6], ledger: [5, 0, true], fresh: [5, 6], next: 7 },
  { name: 'a range seen whole', offsets: [3, 4], ledger: [9, 0, true], fresh: [], duplicate: 2, next: 9 },
  { name: 'a range seen to its end', offsets: [3, 4], ledger: [5, 3, true], fresh: [], duplicate: 2, next: 5 },
  { name: 'a range seen in part', offsets: [3, 4, 5], ledger: [5, 0, true], fresh: [5], duplicate: 2, next: 6 },
  {
    name: 'a hole within, below and above the ledger',
    offsets: [1, 3, 4, 7],
    ledger: [4, 0, true],
    fresh: [4, 7],
    duplicate: 2,
    next: 8,
    dense: false,
    gaps: [[5, 6]],
  },
  {
    name: 'a hole that reaches over the ledger',
    offsets: [1, 9],
    ledger: [4, 0, false],
    fresh: [9],
    duplicate: 1,
    next: 10,
    dense: false,
    gaps: [[4, 8]],
  },
  {
    name: 'a hole before the range, where there were holes before',
    offsets: [8, 10],
    ledger: [5, 0, false],
    fresh: [8, 10],
    next: 11,
    dense: false,
    gaps: [
      [5, 7],
      [9, 9],
    ],
  },
  {
    name: 'a range cut before a record that waits behind a hole',
    offsets: [5],
    to: 8,
    ledger: [5, 0, false],
    fresh: [5],
    next: 9,
    dense: false,
    gaps: [[6, 8]],
  },
  { name: 'a forwarded range', offsets: [6], from: 5, to: 8, filtered: 3, fresh: [6], filteredBefore: 3, next: 9 },
  { name: 'a range filtered whole', offsets: [], from: 5, to: 8, filtered: 4, fresh: [], filteredBefore: 4, next: 9 },
  {
    name: 'a forwarded range seen in part',
    offsets: [6, 9],
    from: 5,
    to: 10,
    filtered: 4,
    ledger: [8, 0, true],
    fresh: [9],
    duplicate: 3,
    filteredBefore: 2,
    next: 11,
  },
  {
    name: 'a forwarded range seen whole',
    offsets: [6],
    from: 5,
    to: 7,
    filtered: 2,
    ledger: [9, 0, true],
    fresh: [],
    duplicate: 3,
    next: 9,
  },
  {
    name: 'a forwarded range with a hole, whose place among the dropped ones is unknown',
    offsets: [6],
    from: 5,
    to: 9,
    filtered: 2,
    fresh: [6],
    filteredBefore: 2,
    next: 10,
    dense: false,
  },
  {
    name: 'a forwarded range with a hole, seen whole',
    offsets: [6],
    from: 5,
    to: 9,
    filtered: 2,
    ledger: [10, 0, false],
    fresh: [],
    duplicate: 3,
    next: 10,
    dense: false,
  },
];

function accept({ offsets, from, to, filtered = 0, ledger }: Case): AcceptedRange {
  const range = {
    topic: 't',
    partition: 3,
    records: offsets.map((offset) => toEventRecord({ topic: 't', partition: 3, offset })),
    fromOffset: from ?? offsets[0]!,
    toOffset: to ?? offsets.at(-1)!,
    filteredBefore: filtered,
  };
  return acceptRange(range, ledger && toRow(...ledger), context);
}

const context: AcceptContext = { source: 'cluster', offsetGaps: 'refuse', lateOffsets: new Set() };

function toRow(nextOffset: number, floorOffset: number, dense: boolean): LedgerRow {
  return { ...initialLedgerRow('cluster', floorOffset), nextOffset, dense };
}

function assertRefused(code: string, act: () => unknown, message: RegExp): void {
  assert.throws(act, (error) => {
    assert.ok(isSluiceError(error, 'operator'));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

describe('comparing a range with the ledger', () => {
  for (const expected of cases) {
    it(`takes ${expected.name}`, () => {
      const { row: _, late, ...accepted } = accept(expected);
      assert.deepEqual(late, []);
      const { duplicate = 0, filteredBefore = 0, dense = true, gaps = [], ledger } = expected;
      assert.deepEqual(
        { ...accepted, records: accepted.records.map(({ offset }) => offset) },
        {
          records: expected.fresh,
          duplicate,
          filteredBefore,
          expectedOffset: ledger?.[0] ?? null,
          nextOffset: expected.next,
          floorOffset: ledger?.[1] ?? expected.from ?? expected.offsets[0],
          dense,
          gaps: gaps.map(([fromOffset, toOffset]) => ({ topic: 't', partition: 3, fromOffset, toOffset })),
        },
      );
      const received = expected.offsets.length + (expected.filtered ?? 0);
      assert.equal(accepted.records.length + accepted.duplicate + accepted.filteredBefore, received);
    });
  }

  const range = (offset: number, ledger: Case['ledger']): Case => ({
    name: '',
    offsets: [offset],
    ...(ledger && { ledger }),
    fresh: [],
    next: 0,
  });

  it('refuses a hole where there was none before', () => {
    assertRefused('OFFSETS_SKIPPED', () => accept(range(8, [5, 0, true])), /Offsets 5 to 7 of t-3/);
  });

  it('refuses what lies below everything that was ever taken', () => {
    assertRefused('OFFSETS_REWOUND', () => accept(range(2, [5, 3, false])), /Offset 2 of t-3 lies below 3/);
  });

  it('refuses records of another cluster', () => {
    const row = { ...toRow(5, 0, true), source: 'old' };
    const records = [toEventRecord({ topic: 't', partition: 3, offset: 5 })];
    const incoming = { topic: 't', partition: 3, records, fromOffset: 5, toOffset: 5, filteredBefore: 0 };
    assertRefused('SOURCE_CHANGED', () => acceptRange(incoming, row, { ...context, source: 'new' }), /old.*new/);
  });
});
