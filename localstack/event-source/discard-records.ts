import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import type { Log } from '../../shared/observability/log.ts';
import type { BatchSlice } from './batch.ts';
import { type Clock, wait } from './clock.ts';
import type { PartitionEncoder } from './event-builder.ts';
import { eventSize, toEventParts, writeEvent } from './event-payload.ts';
import { buildFailureRecord } from './failure-record.ts';
import type { DiscardedBatch, OnFailureDestination } from './on-failure-destination.ts';
import type { PollerSettings } from './poller-settings.ts';
import { backOffDelayMs } from './retry-policy.ts';
import type { Discarded } from './settlement.ts';

/** What {@link discardRecords} needs. */
export interface DiscardOptions {
  readonly settings: PollerSettings;
  readonly destination: OnFailureDestination | undefined;
  readonly encoderOf: (partition: number) => PartitionEncoder;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newRequestId: () => string;
  readonly log: Log;
  /** Ends the tries to deliver. */
  readonly signal: AbortSignal;
}

/**
 * Gives records up: tells the log their coordinates and the destination, if there is one, what Lambda tells it. A
 * delivery that fails is tried again with back-off, because the records are lost to the destination otherwise.
 *
 * @returns true when the records may be passed, false when the signal aborted before the destination had them
 */
export async function discardRecords(discarded: Discarded, options: DiscardOptions): Promise<boolean> {
  const { destination, clock, random, log, signal } = options;
  if (destination !== undefined) {
    const message = toDiscardedBatch(discarded, options);
    for (let failures = 1; !(await delivered(destination, message, log)); failures++) {
      await wait(clock, backOffDelayMs(failures, random()), signal);
      if (signal.aborted) return false;
    }
  }
  for (const slice of discarded.slices)
    log.warn('Records were given up.', toFields(discarded, slice, options.settings));
  return true;
}

async function delivered(destination: OnFailureDestination, message: DiscardedBatch, log: Log): Promise<boolean> {
  try {
    await destination.deliver(message);
    return true;
  } catch (error) {
    log.error('The on-failure destination did not take the records; this is tried again.', error);
    return false;
  }
}

function toDiscardedBatch(discarded: Discarded, options: DiscardOptions): DiscardedBatch {
  const { settings, encoderOf } = options;
  const { slices } = discarded;
  const size = eventSize(settings.envelope, slices, encoderOf);
  const parts = toEventParts(slices, encoderOf);
  return {
    mappingUuid: settings.mappingUuid,
    envelope: settings.envelope,
    topic: settings.source.topic,
    slices,
    event: size > maxPayloadBytes ? undefined : writeEvent(settings.envelope, parts, Buffer.allocUnsafeSlow(size)),
    record: buildFailureRecord({
      ...discarded,
      requestId: options.newRequestId(),
      functionArn: settings.functionArn,
      topic: settings.source.topic,
      envelope: settings.envelope,
      payloadSize: size,
      nowMs: options.clock.now(),
    }),
  };
}

function toFields(discarded: Discarded, slice: BatchSlice, settings: PollerSettings): Record<string, unknown> {
  return {
    condition: discarded.condition,
    invokeCount: discarded.invokeCount,
    topic: settings.source.topic,
    partition: slice.partition,
    firstOffset: slice.records[0]!.offset,
    lastOffset: slice.records[slice.records.length - 1]!.offset,
    count: slice.records.length,
  };
}
