import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { EvaluatedPartition, Verdict } from '../../shared/forward/evaluated-partition.ts';
import { toForwardPiece } from '../../shared/forward/forward-piece.ts';
import type { ForwardReply } from '../../shared/forward/forwarded-batch.ts';
import { toPartitionRecords } from '../../shared/kafka/record.ts';
import { buildKafkaEvent, type TestRecord } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';

type Plan = readonly (readonly [offset: number, verdict: Verdict, value?: string])[];

const reject: Verdict = { stage: 'filter', code: 'CHANGE_INVALID', message: 'the filter could not read it' };
const insert = (id: number) => `{"op":"c","before":null,"after":{"id":${id}}}`;

/** A sink on table `t`, and a function that sends what a filter forwards of these records of each partition. */
async function openForwarded(t: TestContext, config: Record<string, string> = {}) {
  const sink = await openSink(t, {
    setup: 'create table t (id integer primary key)',
    config: { topics: 't', 'target.tablename': 't', writeMode: 'upsert', ...config },
  });
  const forwardBy = async (generation: number, ...plans: readonly Plan[]) => {
    const records: TestRecord[] = [];
    const verdicts = new Map<string, Verdict>();
    for (const [partition, plan] of plans.entries()) {
      for (const [offset, verdict, value = insert(100 * partition + offset)] of plan) {
        records.push({ topic: 't', partition, offset, value });
        verdicts.set(`${partition} ${offset}`, verdict);
      }
    }
    const event = buildKafkaEvent(records);
    const evaluated: EvaluatedPartition[] = toPartitionRecords(event).map((one) => ({
      ...one,
      verdicts: one.records.map(({ partition, offset }) => verdicts.get(`${partition} ${offset}`)!),
    }));
    const { batch } = toForwardPiece(event, { connector: 'test-sink', generation }, evaluated);
    return ((await sink.worker.invoke(batch)) as unknown as ForwardReply).partitions;
  };
  const forward = (...plans: readonly Plan[]) => forwardBy(sink.generation, ...plans);
  const ids = async () => (await sink.database.query('select id from t order by id')).map(({ id }) => id);
  const ledger = () =>
    sink.database.query(`select next_offset::int as next, applied::int, filtered::int, duplicate::int,
      dead_lettered::int as letters, dense from sluice.offsets order by topic, partition`);
  return { ...sink, forward, forwardBy, ids, ledger };
}

test('a forwarded batch is applied, the dropped records are settled with it, also where all were dropped', async (t) => {
  const { forward, ids, ledger } = await openForwarded(t);
  const reply = await forward(
    [
      [5, 'drop'],
      [6, 'forward'],
      [7, 'drop'],
    ],
    [
      [1, 'drop'],
      [2, 'drop'],
    ],
  );
  assert.deepEqual(reply, {
    't-0': { nextOffset: 8, applied: 1, filtered: 2, duplicate: 0, deadLettered: 0 },
    't-1': { nextOffset: 3, applied: 0, filtered: 2, duplicate: 0, deadLettered: 0 },
  });
  assert.deepEqual(await ids(), [6]);
  assert.deepEqual(await ledger(), [
    { next: 8, applied: 1, filtered: 2, duplicate: 0, letters: 0, dense: true },
    { next: 3, applied: 0, filtered: 2, duplicate: 0, letters: 0, dense: true },
  ]);
});

test('a forwarded batch that comes again, cut otherwise, is taken once', async (t) => {
  const { forward, ids, ledger } = await openForwarded(t);
  await forward([
    [5, 'drop'],
    [6, 'forward'],
    [7, 'drop'],
  ]);
  const reply = await forward([
    [6, 'forward'],
    [7, 'drop'],
    [8, 'drop'],
    [9, 'forward'],
  ]);
  assert.deepEqual(reply['t-0'], { nextOffset: 10, applied: 1, filtered: 1, duplicate: 2, deadLettered: 0 });
  assert.deepEqual(await ids(), [6, 9]);
  assert.deepEqual(await ledger(), [{ next: 10, applied: 2, filtered: 3, duplicate: 2, letters: 0, dense: true }]);
});

test('a record that the filter rejected becomes a dead letter with its reason, though it could be read', async (t) => {
  const { forward, ids, database } = await openForwarded(t);
  const reply = await forward([
    [5, 'forward'],
    [6, reject],
    [7, 'forward', 'not JSON'],
    [8, 'drop'],
  ]);
  assert.deepEqual(reply['t-0'], { nextOffset: 9, applied: 1, filtered: 1, duplicate: 0, deadLettered: 2 });
  assert.deepEqual(await ids(), [5]);
  const letters = await database.query(
    'select "offset"::int as at, stage, code, message, value from sluice.dead_letters order by 1',
  );
  assert.deepEqual(letters, [
    { at: 6, ...(reject as object), value: Buffer.from(insert(6)) },
    {
      at: 7,
      stage: 'decode-value',
      code: 'VALUE_NOT_JSON',
      message: 'The value is not a JSON document.',
      value: Buffer.from('not JSON'),
    },
  ]);
});

test('where errors are not tolerated, a reject stops its partition behind what stands before it', async (t) => {
  const { forward, ids, ledger } = await openForwarded(t, { 'errors.tolerance': 'none' });
  const plan: Plan = [
    [4, 'drop'],
    [5, 'forward'],
    [6, 'drop'],
    [7, reject],
    [8, 'drop'],
    [9, 'forward'],
  ];
  const other: Plan = [[1, 'forward']];
  const reply = await forward(plan, other);
  assert.deepEqual(reply, {
    't-0': {
      nextOffset: 7,
      applied: 1,
      filtered: 2,
      duplicate: 0,
      deadLettered: 0,
      failedAt: 7,
      code: 'CHANGE_INVALID',
      message: 'the filter could not read it',
    },
    't-1': { nextOffset: 2, applied: 1, filtered: 0, duplicate: 0, deadLettered: 0 },
  });
  assert.deepEqual(await ids(), [5, 101]);
  const again = await forward(plan.slice(3));
  assert.deepEqual([again['t-0']!.nextOffset, again['t-0']!.failedAt], [7, 7]);
  assert.deepEqual((await ledger())[0], { next: 7, applied: 1, filtered: 2, duplicate: 0, letters: 0, dense: true });
});

test('a forwarded batch of which nothing can be taken is answered all the same', async (t) => {
  const { forward, database } = await openForwarded(t);
  await database.query('drop table t');
  const { 't-0': range } = await forward([[5, 'forward']]);
  assert.deepEqual([range!.failedAt, range!.code, range!.nextOffset, range!.applied], [5, 'TABLE_MISSING', 5, 0]);
});

test('what a filter function of another configuration selected is not taken, and comes again', async (t) => {
  const { forwardBy, generation, ids } = await openForwarded(t);
  const plan: Plan = [
    [5, 'drop'],
    [6, 'forward'],
  ];
  const refused = (await forwardBy(generation + 1, plan))['t-0']!;
  assert.deepEqual([refused.failedAt, refused.code, refused.nextOffset], [5, 'GENERATION_CHANGED', 5]);
  assert.deepEqual(await ids(), []);
  assert.equal((await forwardBy(generation, plan))['t-0']!.failedAt, undefined);
  assert.deepEqual(await ids(), [6]);
});
