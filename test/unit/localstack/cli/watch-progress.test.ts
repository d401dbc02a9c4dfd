import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toConnectorSample } from '../../../../localstack/cli/read-progress.ts';
import { describeTop, describeTopLines, toDurationText, toTopRows } from '../../../../localstack/cli/top-text.ts';
import { describeWatch, drawWatch, WatchTracker } from '../../../../localstack/cli/watch-progress.ts';

const partition = (topic: string, nextOffset: number, more: object = {}) => ({
  topic,
  partition: 0,
  nextOffset,
  lag: 5,
  commitAgeMs: 2_000,
  applied: nextOffset,
  filtered: 0,
  duplicate: 0,
  deadLettered: 0,
  ...more,
});
const status = (name: string, partitions: readonly ReturnType<typeof partition>[], state = 'RUNNING') => ({
  name,
  connector: { state, worker_id: 'lambda' },
  tasks: [{ id: 0, state }],
  progress: { partitions, openDeadLetters: 3 },
});

test('a watch counts what was there when it began, and nothing that comes later or was done before', () => {
  const tracker = new WatchTracker([
    { name: 'a:0', from: 100, to: 200 },
    { name: 'b:0', from: 0, to: 100 },
  ]);
  assert.deepEqual(tracker.add(new Map([['a:0', 100]]), 0), { done: 0, total: 200, rate: null, leftMs: null });
  const half = tracker.add(new Map([['a:0', 200]]), 2_000);
  assert.deepEqual(half, { done: 100, total: 200, rate: 50, leftMs: 2_000 });
  assert.equal(describeWatch(half), '50% 100 of 200 records, 50/s, 2 s left');
  assert.match(drawWatch(half), /^\[#{15}\.{15}\] 50% /);
  const beyond = tracker.add(
    new Map([
      ['a:0', 900],
      ['b:0', 101],
    ]),
    4_000,
  );
  assert.deepEqual([beyond.done, beyond.total], [200, 200]);
  assert.equal(describeWatch(beyond), '100% 200 of 200 records, 50/s');
});

test('a watch of what stands still knows no time left, and one of nothing is done', () => {
  const tracker = new WatchTracker([{ name: 'a:0', from: 0, to: 10 }]);
  tracker.add(new Map(), 0);
  assert.equal(describeWatch(tracker.add(new Map(), 1_000)), '0% 0 of 10 records, 0/s');
  assert.equal(describeWatch(new WatchTracker([]).add(new Map(), 0)), '100% 0 of 0 records');
});

test('top tells rates between two looks, the sum of lags, and what blocks', () => {
  const at = (atMs: number, nextOffset: number) => ({
    atMs,
    connectors: [
      toConnectorSample(status('a', [partition('t', nextOffset), partition('u', 7)])),
      toConnectorSample(status('b', [partition('t', 4, { lag: null, blocked: { code: 'TABLE_MISSING' } })], 'FAILED')),
    ],
  });
  const rows = toTopRows(at(3_000, 130), at(1_000, 10));
  assert.deepEqual(
    rows.map(({ rate, lag, trouble }) => [rate, lag, trouble]),
    [
      [60, 10, undefined],
      [0, null, 'TABLE_MISSING'],
    ],
  );
  assert.match(
    describeTop(rows),
    / a +\| RUNNING \| +60 \| +10 \| +2 s ago \| +3 \|\n b +\| FAILED +\| +0 \| +\| +2 s ago/,
  );
  assert.equal(
    describeTopLines(rows, 'T'),
    'T a RUNNING rate=60 lag=10 committed=2_s_ago letters=3\n' +
      'T b FAILED rate=0 committed=2_s_ago letters=3 trouble="TABLE_MISSING"',
  );
  assert.equal(toTopRows(at(3_000, 5), at(1_000, 10))[0]!.rate, null, 'a ledger that was reset has no rate');
});

test('a ledger that does not answer is what is wrong, and a trace is told by its first line', () => {
  const { connector, tasks } = status('a', []);
  const unknown = toConnectorSample({ name: 'a', connector, tasks, progress: { error: 'no answer' } });
  assert.deepEqual([unknown.trouble, unknown.commitAgeMs], ['no answer', null]);
  const failed = { id: 0, state: 'FAILED', trace: 'first\nsecond' };
  const sample = toConnectorSample({ name: 'a', connector, tasks: [failed] });
  assert.deepEqual([sample.state, sample.trouble], ['FAILED', 'first']);
});

test('durations are told by their two largest units', () => {
  const seconds = [0, 5, 200, 7_500, 349_200, 3_600];
  assert.deepEqual(
    seconds.map((each) => toDurationText(each * 1_000)),
    ['0 s', '5 s', '3 min 20 s', '2 h 5 min', '4 d 1 h', '1 h'],
  );
});
