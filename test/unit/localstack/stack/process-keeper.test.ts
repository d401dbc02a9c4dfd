import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProcessKeeper } from '../../../../localstack/stack/process-keeper.ts';
import { pollUntil } from '../../../support/poll-until.ts';

const quick = { firstMs: 1, maxMs: 4, soundAfterMs: 60_000 };
/** Pauses that no test waits for. */
const slow = { ...quick, firstMs: 600_000, maxMs: 600_000 };

/** A process that ends when `die` is called and whose starts fail as often as told. */
function openProcess(failures = 0) {
  let end = Promise.withResolvers<string>();
  const seen = { running: 1, starts: 0, mostAtOnce: 1, events: [] as string[] };
  const kept = {
    async untilEnd(signal: AbortSignal) {
      const aborted = Promise.withResolvers<string>();
      signal.addEventListener('abort', () => aborted.resolve(''), { once: true });
      return await Promise.race([end.promise, aborted.promise]);
    },
    async restart() {
      seen.starts++;
      if (seen.starts <= failures) throw new Error(`refusal ${seen.starts}`);
      end = Promise.withResolvers();
      seen.running++;
      seen.mostAtOnce = Math.max(seen.mostAtOnce, seen.running);
    },
  };
  const die = (reason: string) => {
    seen.running--;
    end.resolve(reason);
  };
  const listener = {
    died: (reason: string) => void seen.events.push(`died: ${reason}`),
    refused: (error: unknown, nextTryMs: number) =>
      void seen.events.push(`${(error as Error).message}, next in ${nextTryMs}`),
    back: () => void seen.events.push('back'),
  };
  return { kept, seen, die, listener };
}

test('a process that dies is started again, each time', async () => {
  const { kept, seen, die, listener } = openProcess();
  const keeper = new ProcessKeeper(kept, quick);
  keeper.watch(listener);
  for (const time of [1, 2]) {
    die(`death ${time}`);
    await pollUntil('it is back', () => seen.events.length === time * 2);
  }
  assert.deepEqual(seen.events, ['died: death 1', 'back', 'died: death 2', 'back']);
  assert.equal(seen.mostAtOnce, 1);
  await keeper.stop();
});

test('pauses double up to their bound, and begin anew after a sound life', async () => {
  const { kept, seen, die, listener } = openProcess(4);
  const keeper = new ProcessKeeper(kept, { ...quick, soundAfterMs: 0 });
  keeper.watch(listener);
  die('death');
  await pollUntil('it is back', () => seen.events.at(-1) === 'back');
  assert.deepEqual(seen.events, [
    'died: death',
    'refusal 1, next in 2',
    'refusal 2, next in 4',
    'refusal 3, next in 4',
    'refusal 4, next in 4',
    'back',
  ]);
  seen.starts = 3;
  die('another death');
  await pollUntil('it is back again', () => seen.events.length === 9);
  assert.equal(seen.events[7], 'refusal 4, next in 2');
  await keeper.stop();
});

test('whoever does not want to wait has it tried at once and learns what came of it', async () => {
  const { kept, seen, die, listener } = openProcess(1);
  const keeper = new ProcessKeeper(kept, slow);
  keeper.watch(listener);
  await keeper.retryNow();
  die('death');
  await pollUntil('its death was seen', () => seen.events.length === 1);
  await assert.rejects(keeper.retryNow(), /refusal 1/);
  await Promise.all([keeper.retryNow(), keeper.retryNow()]);
  assert.deepEqual([seen.starts, seen.mostAtOnce, seen.events.at(-1)], [2, 1, 'back']);
  await keeper.stop();
});

test('a stopped keeper starts nothing, neither out of a pause nor out of a life', async () => {
  for (const isDead of [true, false]) {
    const { kept, seen, die, listener } = openProcess();
    const keeper = new ProcessKeeper(kept, slow);
    keeper.watch(listener);
    if (isDead) {
      die('death');
      await pollUntil('its death was seen', () => seen.events.length === 1);
    }
    await keeper.stop();
    assert.equal(seen.starts, 0);
  }
});
