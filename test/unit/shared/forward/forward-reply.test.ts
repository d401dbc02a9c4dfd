import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSluiceError, SluiceError } from '../../../../shared/errors/sluice-error.ts';
import { parseForwardReply, toForwardFailures, toReplyFailures } from '../../../../shared/forward/forward-reply.ts';
import type { ForwardedBatch, ForwardedRangeReply } from '../../../../shared/forward/forwarded-batch.ts';
import { buildKafkaEvent } from '../../../support/kafka-event-builder.ts';

const range = { topic: 't', fromOffset: 10, toOffset: 19, filtered: 10, rejects: [] };
const batch: ForwardedBatch = {
  ...buildKafkaEvent([]),
  forward: {
    connector: 'orders',
    generation: 0,
    partitions: { 't-0': { ...range, partition: 0 }, 't-1': { ...range, partition: 1 } },
  },
};

function replied(reply: Partial<ForwardedRangeReply>): ForwardedRangeReply {
  return { nextOffset: 20, applied: 0, filtered: 10, duplicate: 0, deadLettered: 0, ...reply };
}

function failuresOf(reply: Partial<ForwardedRangeReply>): [number, string][] {
  const partitions = { 't-0': replied(reply), 't-1': replied({}) };
  return toReplyFailures(batch, { partitions }).map(({ partition, failedAt, code }) => {
    assert.equal(partition, 0);
    return [failedAt, code];
  });
}

describe('a reply of the sink', () => {
  it('fails no partition that was taken whole', () => {
    assert.deepEqual(failuresOf({}), []);
  });

  it('fails a partition from the offset that it names, with its code', () => {
    assert.deepEqual(failuresOf({ failedAt: 15, nextOffset: 15, code: 'DATABASE_CONFLICT' }), [
      [15, 'DATABASE_CONFLICT'],
    ]);
  });

  it('fails a partition as a whole when the offset it names is not of the range', () => {
    assert.deepEqual(failuresOf({ failedAt: 3 }), [[10, 'FORWARD_FAILED']]);
    assert.deepEqual(failuresOf({ failedAt: 20 }), [[10, 'FORWARD_FAILED']]);
  });

  it('reads a code that it does not know as a failure of the sink', () => {
    assert.deepEqual(failuresOf({ failedAt: 12, code: 'OF_THE_FUTURE' as 'ROW_BLOCKED' }), [[12, 'FORWARD_FAILED']]);
  });

  it('is not believed when it names no failure but its ledger stands inside the range', () => {
    assert.deepEqual(failuresOf({ nextOffset: 19 }), [[10, 'INVARIANT_BROKEN']]);
  });

  it('fails a partition that it leaves out', () => {
    const failures = toReplyFailures(batch, { partitions: { 't-1': replied({}) } });
    assert.deepEqual(
      failures.map(({ partition, failedAt, code }) => ({ partition, failedAt, code })),
      [{ partition: 0, failedAt: 10, code: 'FORWARD_FAILED' }],
    );
  });

  it('is refused when it is anything else', () => {
    for (const text of ['', 'null', '3', '{}', '{"batchItemFailures":[]}', '{"partitions":null}']) {
      assert.throws(
        () => parseForwardReply(Buffer.from(text)),
        (error) => isSluiceError(error) && error.code === 'FORWARD_FAILED',
        text,
      );
    }
    assert.deepEqual(parseForwardReply(Buffer.from('{"partitions":{}}')), { partitions: {} });
  });
});

describe('a batch that was not brought to a reply', () => {
  it('fails every partition from its first offset', () => {
    const failures = toForwardFailures(batch, new SluiceError('TIME_SHORT', 'Too late.'));
    assert.deepEqual(
      failures.map(({ partition, failedAt, code }) => [partition, failedAt, code]),
      [
        [0, 10, 'TIME_SHORT'],
        [1, 10, 'TIME_SHORT'],
      ],
    );
  });
});
