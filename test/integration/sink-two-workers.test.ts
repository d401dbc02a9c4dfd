import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FaultProxy } from '../support/fault-proxy.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';
import { pollUntil } from '../support/poll-until.ts';
import type { BatchResponse, SinkWorker } from '../support/sink-worker.ts';

const value = (offset: number) => `{"op":"c","before":null,"after":{"n":${offset}}}`;

/** Offsets `from` to `to`, exclusive, of partition 0. */
function range(from: number, to: number) {
  const offsets = Array.from({ length: to - from }, (_, i) => from + i);
  return buildKafkaEvent(offsets.map((offset) => ({ topic: 'lines', partition: 0, offset, value: value(offset) })));
}

/** Two instances of the function; the first one's connection goes through the proxy. The table has no key. */
async function openTwo(t: TestContext) {
  const { database, worker, open } = await openSink(t, {
    setup: 'create table lines (n integer)',
    config: { topics: 'lines', 'target.tablename': 'lines', writeMode: 'insert' },
  });
  const proxy = await FaultProxy.start(database.connection);
  t.after(() => proxy.close());
  const url = new URL(database.url);
  url.host = `127.0.0.1:${proxy.port}`;
  const first = open({ databaseUrl: url.href });
  await first.invoke(range(0, 2));
  await worker.invoke(range(0, 2));
  const lines = async () => (await database.query('select n from lines order by n')).map(({ n }) => n);
  const ledger = async () =>
    (await database.query('select next_offset::int as next, applied::int, duplicate::int from sluice.offsets'))[0];
  /** True when a server process waits for a lock of another one. */
  const isBlocked = async () =>
    (
      await database.query(
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      )
    ).length > 0;
  return { first, second: worker, proxy, lines, ledger, isBlocked };
}

/** Offsets that an answer gives back; `all` when the handler threw. */
async function failedOffsets(answer: Promise<BatchResponse | null | undefined>): Promise<number[] | 'all'> {
  return answer.then(
    (response) => (response?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier.offset),
    () => 'all' as const,
  );
}

function wasTaken(failed: number[] | 'all'): boolean {
  return failed !== 'all' && failed.length === 0;
}

/** Lets a second delivery go as far as it can while the first one is held. */
async function untilSettledOrBlocked(answer: Promise<unknown>, isBlocked: () => Promise<boolean>): Promise<void> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  answer.then(settle, settle);
  await pollUntil('the second delivery ends or waits for a lock', async () => isSettled || (await isBlocked()));
}

test('the same range at two workers at once is applied once, and the other one counts duplicates', async (t) => {
  const { first, second, proxy, lines, ledger, isBlocked } = await openTwo(t);
  const held = proxy.arm({ at: 'before-commit', action: 'stall' });
  const firstAnswer = failedOffsets(first.invoke(range(2, 6)));
  await held;
  const secondAnswer = failedOffsets(second.invoke(range(2, 6)));
  await untilSettledOrBlocked(secondAnswer, isBlocked);
  proxy.release();
  assert.ok(wasTaken(await firstAnswer), 'the first worker commits');
  if (!wasTaken(await secondAnswer)) await second.invoke(range(2, 6));
  assert.deepEqual(await lines(), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(await ledger(), { next: 6, applied: 6, duplicate: 6 });
});

test('a range that overtakes its predecessor, whose worker then dies before COMMIT, does not commit', async (t) => {
  const { first, second, proxy, lines, ledger, isBlocked } = await openTwo(t);
  const held = proxy.arm({ at: 'before-commit', action: 'stall' });
  const firstAnswer = failedOffsets(first.invoke(range(2, 4)));
  await held;
  const secondAnswer = failedOffsets(second.invoke(range(4, 6)));
  await untilSettledOrBlocked(secondAnswer, isBlocked);
  proxy.cutAll();
  // The first worker may have tried again on a new connection by itself; whatever it says, nothing may be lost.
  const firstTaken = wasTaken(await firstAnswer);
  const secondTaken = wasTaken(await secondAnswer);
  assert.ok(firstTaken || !secondTaken, 'the second range did not commit before the first');
  if (!firstTaken) await first.invoke(range(2, 4));
  if (!secondTaken) assert.ok(wasTaken(await failedOffsets(second.invoke(range(4, 6)))));
  assert.deepEqual(await lines(), [0, 1, 2, 3, 4, 5]);
  const { next, applied, duplicate } = (await ledger()) as Record<string, number>;
  assert.deepEqual({ next, applied, duplicate }, { next: 6, applied: 6, duplicate: 2 });
});

test('a range that comes before its predecessor fails, and both apply once they come in order', async (t) => {
  const { first, second, lines, ledger } = await openTwo(t);
  assert.ok(!wasTaken(await failedOffsets(second.invoke(range(4, 6)))));
  assert.deepEqual(await lines(), [0, 1]);
  assert.ok(wasTaken(await failedOffsets(first.invoke(range(2, 4)))));
  assert.ok(wasTaken(await failedOffsets(second.invoke(range(4, 6)))));
  assert.deepEqual(await lines(), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(await ledger(), { next: 6, applied: 6, duplicate: 2 });
});

test('on a partition that is new to the ledger, a range that comes too early never makes duplicates of what it overtook', async (t) => {
  const { database, worker } = await openSink(t, {
    setup: 'create table lines (n integer)',
    config: { topics: 'lines', 'target.tablename': 'lines', writeMode: 'insert' },
  });
  await failedOffsets(worker.invoke(range(4, 6)));
  const late = await failedOffsets(worker.invoke(range(0, 4)));
  const applied = (await database.query('select n from lines where n < 4')).length;
  assert.ok(
    wasTaken(late) ? applied === 4 : applied === 0,
    'the earlier records are applied, or refused with an error',
  );
});

for (const [name, other] of [
  ['contains it', [0, 9]],
  ['overlaps its end', [4, 8]],
  ['lies within it', [3, 5]],
] as [string, [number, number]][]) {
  test(`a range that was taken while another one ${name} is under way is applied once`, async (t) => {
    const { first, second, proxy, lines, isBlocked } = await openTwo(t);
    const held = proxy.arm({ at: 'before-commit', action: 'stall' });
    const firstAnswer = failedOffsets(first.invoke(range(2, 6)));
    await held;
    const secondAnswer = failedOffsets(second.invoke(range(...other)));
    await untilSettledOrBlocked(secondAnswer, isBlocked);
    proxy.release();
    await Promise.all([firstAnswer, secondAnswer]);
    await deliverUntilTaken(first, 2, 6);
    await deliverUntilTaken(second, ...other);
    const end = Math.max(6, other[1]);
    assert.deepEqual(
      await lines(),
      Array.from({ length: end }, (_, n) => n),
    );
  });
}

async function deliverUntilTaken(worker: SinkWorker, from: number, to: number): Promise<void> {
  await pollUntil('the range is taken', async () => wasTaken(await failedOffsets(worker.invoke(range(from, to)))));
}

for (const at of ['before-commit', 'after-commit'] as const) {
  test(`a connection cut ${at.replace('-', ' ')} ends in rows that were applied once, and the function goes on`, async (t) => {
    const { first, proxy, lines, ledger } = await openTwo(t);
    const fired = proxy.arm({ at, action: 'cut' });
    const failed = await failedOffsets(first.invoke(range(2, 6)));
    await fired;
    const repeats = wasTaken(failed) ? 0 : 1;
    if (repeats > 0) assert.ok(wasTaken(await failedOffsets(first.invoke(range(2, 6)))));
    assert.ok(wasTaken(await failedOffsets(first.invoke(range(6, 7)))));
    assert.deepEqual(await lines(), [0, 1, 2, 3, 4, 5, 6]);
    assert.equal((await ledger())?.next, 7);
    assert.equal((await ledger())?.applied, 7);
  });
}

test('a worker whose idle connection died takes its next batch', async (t) => {
  const { first, proxy, lines } = await openTwo(t);
  proxy.cutAll();
  await deliverUntilTaken(first, 2, 4);
  assert.deepEqual(await lines(), [0, 1, 2, 3]);
});
