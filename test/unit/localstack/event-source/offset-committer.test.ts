import assert from 'node:assert/strict';
import test from 'node:test';
import { OffsetCommitter } from '../../../../localstack/event-source/offset-committer.ts';
import { ManualClock, settle } from '../../../support/manual-clock.ts';

function open(commit: (nextOffset: number) => Promise<void> = async () => {}) {
  const clock = new ManualClock();
  const commits: number[] = [];
  const problems: unknown[] = [];
  const committer = new OffsetCommitter(5, {
    commit: async (nextOffset) => {
      await commit(nextOffset);
      commits.push(nextOffset);
    },
    clock,
    random: () => 0,
    onCommitted: () => {},
    onProblem: (error) => problems.push(error),
  });
  return { clock, commits, problems, committer };
}

const never = new AbortController().signal;

test('the first offset is committed at once, those that follow shortly after share a commit', async () => {
  const { clock, commits, committer } = open();
  committer.done(6);
  await settle();
  committer.done(7);
  committer.done(9);
  await settle();
  assert.deepEqual(commits, [6]);
  await clock.advance(100);
  assert.deepEqual(commits, [6, 9]);
  assert.equal(committer.committed, 9);
});

test('an offset that is already done is not committed', async () => {
  const { commits, committer } = open();
  committer.done(5);
  await settle();
  assert.deepEqual(commits, []);
});

test('a commit that fails is tried again, with the newest offset', async () => {
  let failures = 2;
  const { clock, commits, problems, committer } = open(async () => {
    if (failures-- > 0) throw new Error('no broker');
  });
  committer.done(6);
  await clock.advance(0);
  committer.done(8);
  await clock.advance(50);
  assert.deepEqual(commits, []);
  await clock.advance(100);
  assert.deepEqual(commits, [8]);
  assert.equal(problems.length, 2);
});

test('after 100 batches without a commit no more may be sent, and a pause ends early', async () => {
  const { commits, committer } = open();
  committer.done(6);
  await settle();
  for (let offset = 7; offset < 106; offset++) committer.done(offset);
  assert.equal(committer.tooFarBehind, false);
  committer.done(106);
  assert.equal(committer.tooFarBehind, true);
  await settle();
  assert.deepEqual(commits, [6, 106]);
  assert.equal(committer.tooFarBehind, false);
});

test('closing commits what is left without a pause', async () => {
  const { commits, committer } = open();
  committer.done(6);
  await settle();
  committer.done(7);
  assert.equal(await committer.close(never), true);
  assert.deepEqual(commits, [6, 7]);
});

test('closing gives up at the deadline, also on a commit that hangs', async () => {
  const { committer } = open(() => new Promise(() => {}));
  committer.done(6);
  const deadline = new AbortController();
  const closed = committer.close(deadline.signal);
  deadline.abort();
  assert.equal(await closed, false);
});

test('once closed nothing more is committed and no timer is started', async () => {
  const { clock, commits, committer } = open();
  assert.equal(await committer.close(never), true);
  committer.done(6);
  await clock.advance(1000);
  assert.deepEqual(commits, []);
  assert.equal(clock.pending, 0);
});
