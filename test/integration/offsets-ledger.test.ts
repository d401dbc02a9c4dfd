import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { openOperatedSink, type SentRecord } from '../support/open-operated-sink.ts';
import { create } from '../support/open-target.ts';

const setup = 'create table t (n integer primary key, version integer)';
const start = Date.UTC(2026, 0, 1);

/** Records of the offsets `from` to `to`, exclusive, which create the row of their offset. */
function records(from: number, to: number, options: { version?: number; since?: number } = {}): SentRecord[] {
  const { version = 1, since = start } = options;
  return Array.from({ length: to - from }, (_, i) => ({
    offset: from + i,
    value: create({ n: from + i, version }),
    timestamp: since + from + i,
  }));
}

async function open(t: TestContext, config: Record<string, string> = {}) {
  const sink = await openOperatedSink(t, setup, config);
  return {
    ...sink,
    rows: async () => (await sink.database.query('select n from t order by n')).map(({ n }) => n as number),
    gaps: async () =>
      (await sink.database.query('select from_offset, to_offset, reason from sluice.gaps order by 1')).map(
        ({ from_offset: from, to_offset: to, reason }) => `${from}-${to} ${reason}`,
      ),
    /** Why the partition stands, and how far it is. */
    standing: async () => {
      const [row] = await sink.database.query(
        'select next_offset::int as next, blocked_code as code, (applied + filtered + dead_lettered)::int as taken from sluice.offsets',
      );
      return row;
    },
  };
}

describe('no silent hole', () => {
  test('a database restored to an earlier time stops, and goes on without loss after a rewind', async (t) => {
    const { deliver, database, rows, standing } = await open(t);
    await deliver(records(0, 4));
    await database.query('create table backup as table t; create table kept as table sluice.offsets');
    await deliver(records(4, 8));
    await database.query('truncate t; insert into t table backup');
    await database.query('truncate sluice.offsets; insert into sluice.offsets table kept');
    assert.equal(await deliver(records(8, 10)), 8);
    assert.deepEqual(await standing(), { next: 4, code: 'OFFSETS_SKIPPED', taken: 4 });
    assert.equal(await deliver(records(4, 10)), null);
    assert.deepEqual(await rows(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(await standing(), { next: 10, code: null, taken: 10 });
  });

  test('a batch that the event source gave up stops the partition; once accepted and replayed it is dead letters, not duplicates', async (t) => {
    const { deliver, ask, rows, gaps, letters, standing } = await open(t);
    await deliver(records(0, 2));
    assert.equal(await deliver(records(5, 7)), 5);
    assert.deepEqual(await ask({ call: 'offsets.acceptGap', topic: 't', partition: 0 }), { changed: 3 });
    assert.deepEqual(await ask({ call: 'offsets.acceptGap', topic: 't', partition: 0 }), { changed: 0 });
    assert.equal(await deliver(records(5, 7)), null);
    assert.deepEqual(await gaps(), ['2-4 accepted']);
    assert.equal(await deliver(records(1, 6)), null);
    assert.deepEqual(
      await letters(),
      ['2', '3', '4'].map((offset) => `${offset} OFFSET_OUT_OF_ORDER open`),
    );
    assert.equal(await deliver(records(1, 6)), null);
    assert.deepEqual(await standing(), { next: 7, code: null, taken: 7 });
    const report = await ask({ call: 'deadLetters.redrive', code: 'OFFSET_OUT_OF_ORDER' });
    assert.equal(report.redriven, 3);
    assert.deepEqual(await rows(), [0, 1, 2, 3, 4, 5, 6]);
    assert.equal(await deliver(records(2, 5)), null);
    assert.deepEqual(
      await letters(),
      ['2', '3', '4'].map((offset) => `${offset} OFFSET_OUT_OF_ORDER redriven`),
    );
  });

  test('an accepted hole does not make the next one pass', async (t) => {
    const { deliver, ask } = await open(t);
    await deliver(records(0, 2));
    await deliver(records(5, 7));
    await ask({ call: 'offsets.acceptGap', topic: 't', partition: 0 });
    await deliver(records(5, 7));
    assert.equal(await deliver(records(9, 10)), 9);
  });

  for (const [name, from] of [
    ['retention that overran the connector', 100],
    ['offsets moved forward by hand', 3],
  ] as const) {
    test(`${name}: the partition stops, and is the operator's to accept up to any offset`, async (t) => {
      const { deliver, ask, gaps, standing } = await open(t);
      await deliver(records(0, 2));
      assert.equal(await deliver(records(from, from + 1)), from);
      assert.deepEqual(await standing(), { next: 2, code: 'OFFSETS_SKIPPED', taken: 2 });
      await ask({ call: 'offsets.acceptGap', topic: 't', partition: 0, nextOffset: from });
      assert.equal(await deliver(records(from, from + 1)), null);
      assert.deepEqual(await gaps(), [`2-${from - 1} accepted`]);
    });
  }

  test('offsets moved back by hand are duplicates', async (t) => {
    const { deliver, database } = await open(t);
    await deliver(records(0, 5));
    assert.equal(await deliver(records(1, 6)), null);
    assert.deepEqual(await database.query('select duplicate::int, applied::int from sluice.offsets'), [
      { duplicate: 4, applied: 6 },
    ]);
  });

  test('a compacted topic has holes in its batches, which are recorded, and later between them, too', async (t) => {
    const { deliver, gaps, rows } = await open(t);
    const all = records(0, 12);
    const kept = (...offsets: number[]) => offsets.map((offset) => all[offset]!);
    assert.equal(await deliver(kept(0, 3, 4)), null);
    assert.equal(await deliver(kept(7, 9)), null);
    assert.deepEqual(await gaps(), ['1-2 recorded', '5-6 recorded', '8-8 recorded']);
    // Compaction went on meanwhile: what the ledger remembers of offset 4 and 9 is gone.
    assert.equal(await deliver(kept(3, 7, 11)), null);
    assert.deepEqual(await rows(), [0, 3, 4, 7, 9, 11]);
  });

  test('a transactional topic, whose commit markers take an offset each, needs offset.gaps=record', async (t) => {
    const strict = await open(t);
    assert.equal(await strict.deliver(records(0, 3)), null);
    assert.equal(await strict.deliver(records(4, 7)), 4);
    const { deliver, gaps, rows } = await open(t, { 'offset.gaps': 'record' });
    assert.equal(await deliver(records(0, 3)), null);
    assert.equal(await deliver(records(4, 7)), null);
    assert.equal(await deliver(records(8, 9)), null);
    assert.deepEqual(await gaps(), ['3-3 recorded', '7-7 recorded']);
    assert.deepEqual(await rows(), [0, 1, 2, 4, 5, 6, 8]);
  });

  test('with offset.gaps=record what comes late is a dead letter, also from below the first offset; with allow it is a duplicate', async (t) => {
    const recorded = await open(t, { 'offset.gaps': 'record' });
    await recorded.deliver(records(5, 6));
    await recorded.deliver(records(8, 9));
    assert.equal(await recorded.deliver(records(3, 8)), null);
    assert.deepEqual(
      await recorded.letters(),
      [3, 4, 6, 7].map((offset) => `${offset} OFFSET_OUT_OF_ORDER open`),
    );
    const allowed = await open(t, { 'offset.gaps': 'allow' });
    await allowed.deliver(records(5, 6));
    await allowed.deliver(records(8, 9));
    assert.equal(await allowed.deliver(records(6, 8)), null);
    assert.deepEqual(await allowed.letters(), []);
    assert.deepEqual(await allowed.gaps(), []);
  });
});

describe('a re-created topic is detected', () => {
  const week = 7 * 24 * 3_600_000;

  for (const [name, since, version] of [
    ['with new timestamps', start + week, 2],
    ['with its timestamps preserved and other contents', start, 2],
  ] as const) {
    test(`${name}: the partition stops until an operator resets it, and then nothing is lost`, async (t) => {
      const { deliver, ask, database, standing } = await open(t);
      await deliver(records(0, 3));
      await deliver(records(3, 6));
      assert.equal(await deliver(records(0, 3, { since, version })), 0);
      assert.deepEqual((await standing())?.code, 'OFFSETS_REWOUND');
      assert.deepEqual(await ask({ call: 'offsets.reset' }), { changed: 1 });
      assert.equal(await deliver(records(0, 3, { since, version })), null);
      assert.deepEqual(await database.query('select n, version from t order by n'), [
        ...[0, 1, 2].map((n) => ({ n, version })),
        ...[3, 4, 5].map((n) => ({ n, version: 1 })),
      ]);
    });
  }

  test('a topic restored with equal records at equal offsets is duplicates', async (t) => {
    const { deliver } = await open(t);
    await deliver(records(0, 6));
    assert.equal(await deliver(records(0, 6)), null);
  });

  test('a record dated 2099 does not blunt the detection, nor is it itself taken for another one', async (t) => {
    const { deliver } = await open(t);
    const future = { offset: 1, value: create({ n: 1, version: 1 }), timestamp: Date.UTC(2099, 0, 1) };
    const [first, , third] = records(0, 3) as [SentRecord, SentRecord, SentRecord];
    assert.equal(await deliver([first, future, third]), null);
    assert.equal(await deliver([first, future, third]), null);
    assert.equal(await deliver(records(0, 2, { since: start + week })), 0);
  });

  test('long streams of small batches are remembered at both ends, in a row of bounded size', async (t) => {
    const { deliver, database } = await open(t);
    for (let offset = 0; offset < 60; offset++) await deliver(records(offset, offset + 1));
    const [row] = await database.query('select fingerprints, pg_column_size(fingerprints) as size from sluice.offsets');
    const offsets = (row!.fingerprints as [number][]).map(([offset]) => offset);
    assert.deepEqual([offsets[0], offsets.at(-1)], [0, 59]);
    assert.ok(offsets.length <= 18 && Number(row!.size) < 2_000, `${offsets} in ${row!.size} bytes`);
    assert.equal(await deliver(records(0, 10, { version: 2 })), 0);
  });
});

describe('an operator moves offsets', () => {
  test('backwards: the records apply again, and letters and gaps behind the offset count no more', async (t) => {
    const { deliver, ask, letters, gaps, database } = await open(t, { 'offset.gaps': 'record' });
    await deliver(records(0, 2));
    await deliver([...records(4, 5), { offset: 5, value: create({ n: 5, version: 'old' }), timestamp: start }]);
    assert.deepEqual(await letters(), ['5 VALUE_INVALID open']);
    const offsets = [{ topic: 't', partition: 0, nextOffset: 3 }];
    assert.deepEqual(await ask({ call: 'offsets.alter', offsets }), { changed: 1 });
    assert.deepEqual(await gaps(), ['2-2 recorded']);
    assert.deepEqual(await letters(), ['5 VALUE_INVALID rewound']);
    assert.equal(await deliver(records(3, 6, { version: 2 })), null);
    assert.deepEqual(await database.query('select n from t where version = 2 order by n'), [
      { n: 3 },
      { n: 4 },
      { n: 5 },
    ]);
  });

  test('forwards: what is left out is a recorded gap', async (t) => {
    const { deliver, ask, gaps, rows } = await open(t);
    await deliver(records(0, 2));
    await ask({ call: 'offsets.alter', offsets: [{ topic: 't', partition: 0, nextOffset: 4 }] });
    assert.equal(await deliver(records(4, 5)), null);
    assert.deepEqual(await gaps(), ['2-3 altered']);
    assert.deepEqual(await rows(), [0, 1, 4]);
  });
});
