import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ForwardOptions, forwardPieces } from '../../../../functions/filter/forward-pieces.ts';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { ForwardedBatch, ForwardReply } from '../../../../shared/forward/forwarded-batch.ts';
import { splitBatch } from '../../../../shared/forward/split-batch.ts';
import { toPartitionRecords } from '../../../../shared/kafka/record.ts';
import { createLog } from '../../../../shared/observability/log.ts';
import { buildKafkaEvent } from '../../../support/kafka-event-builder.ts';

/** Three records of 700 bytes in each partition; two fit into a piece of 2,400 bytes. */
function buildPieces(partitions: number, maxBytes: number) {
  const event = buildKafkaEvent(
    Array.from({ length: partitions * 3 }, (_, index) => ({
      topic: 't',
      partition: Math.floor(index / 3),
      offset: index % 3,
      value: 'x'.repeat(525),
    })),
  );
  const evaluated = toPartitionRecords(event).map((partition) => ({
    ...partition,
    verdicts: partition.records.map(() => 'forward' as const),
  }));
  return splitBatch(event, { connector: 'orders', generation: 0 }, evaluated, maxBytes);
}

function takeWhole(batch: ForwardedBatch): ForwardReply {
  const partitions = Object.entries(batch.forward.partitions).map(([key, { toOffset }]) => {
    return [key, { nextOffset: toOffset + 1, applied: 0, filtered: 0, duplicate: 0, deadLettered: 0 }] as const;
  });
  return { partitions: Object.fromEntries(partitions) };
}

/** A sink that notes its batches in the order of arrival and answers when the test says so. */
function createSink(reply: (batch: ForwardedBatch) => ForwardReply = takeWhole) {
  const ranges: string[] = [];
  let inFlight: string[] = [];
  let most = 0;
  const log = createLog({ sink: () => {}, now: () => 0, level: 'FATAL' });
  const options: ForwardOptions = {
    maxInvocations: 4,
    maxPayloadBytes: 2_400,
    signal: new AbortController().signal,
    log,
    forwarder: {
      async forward(payload) {
        const batch = JSON.parse(Buffer.from(payload).toString()) as ForwardedBatch;
        const own = Object.keys(batch.forward.partitions);
        assert.deepEqual(
          own.filter((key) => inFlight.includes(key)),
          [],
          'two pieces of one partition in flight',
        );
        inFlight.push(...own);
        most = Math.max(most, inFlight.length);
        for (const [key, range] of Object.entries(batch.forward.partitions)) {
          ranges.push(`${key} ${range.fromOffset}..${range.toOffset}`);
        }
        await new Promise(setImmediate);
        inFlight = inFlight.filter((key) => !own.includes(key));
        return reply(batch);
      },
    },
  };
  return { options, ranges, mostInFlight: () => most };
}

describe('forwarding pieces', () => {
  it('sends the pieces of a partition one after the other, and those of others beside them', async () => {
    const sink = createSink();
    const result = await forwardPieces(buildPieces(2, 2_400), sink.options);
    assert.deepEqual(result, { failures: [], unanswered: 0 });
    assert.deepEqual([...sink.ranges].sort(), ['t-0 0..1', 't-0 2..2', 't-1 0..1', 't-1 2..2']);
    assert.ok(sink.ranges.indexOf('t-0 0..1') < sink.ranges.indexOf('t-0 2..2'));
    assert.equal(sink.mostInFlight(), 2);
  });

  it('keeps to the bound of invocations', async () => {
    const sink = createSink();
    await forwardPieces(buildPieces(6, 2_900), { ...sink.options, maxPayloadBytes: 2_900, maxInvocations: 2 });
    assert.equal(sink.ranges.length, 6);
    assert.equal(sink.mostInFlight(), 2);
  });

  it('sends no later piece of a partition that was not taken whole, and goes on with the others', async () => {
    const sink = createSink((batch) => {
      const { partitions } = takeWhole(batch);
      const first = partitions['t-0'];
      return { partitions: { ...partitions, ...(first && { 't-0': { ...first, failedAt: 1, nextOffset: 1 } }) } };
    });
    const { failures, unanswered } = await forwardPieces(buildPieces(2, 2_400), sink.options);
    assert.deepEqual([...sink.ranges].sort(), ['t-0 0..1', 't-1 0..1', 't-1 2..2']);
    assert.deepEqual(
      failures.map(({ partition, failedAt }) => [partition, failedAt]),
      [[0, 1]],
    );
    assert.equal(unanswered, 0);
  });

  it('fails every partition of a piece that brought no reply, from its first offset', async () => {
    const sink = createSink();
    const forwarder = {
      forward: () => Promise.reject(new SluiceError('FORWARD_FAILED', 'Throttled.', { stage: 'forward' })),
    };
    const { failures, unanswered } = await forwardPieces(buildPieces(2, 100_000), {
      ...sink.options,
      maxPayloadBytes: 100_000,
      forwarder,
    });
    assert.deepEqual(
      failures.map(({ partition, failedAt, code }) => [partition, failedAt, code]),
      [
        [0, 0, 'FORWARD_FAILED'],
        [1, 0, 'FORWARD_FAILED'],
      ],
    );
    assert.equal(unanswered, 1);
  });

  it('does not send a record that Lambda would not take, and says what to do', async () => {
    const sink = createSink();
    const { failures } = await forwardPieces(buildPieces(1, 800), { ...sink.options, maxPayloadBytes: 100 });
    assert.deepEqual(sink.ranges, []);
    assert.equal(failures.length, 1);
    assert.equal(failures[0]!.code, 'RECORD_TOO_LARGE');
    assert.match(failures[0]!.message, /topology=direct/);
  });

  it('lets a bug through instead of taking it for a failure of the sink', async () => {
    const sink = createSink();
    const forwarder = { forward: () => Promise.reject(new TypeError('bug')) };
    await assert.rejects(forwardPieces(buildPieces(1, 2_400), { ...sink.options, forwarder }), TypeError);
  });
});
