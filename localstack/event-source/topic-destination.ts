import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import type { NewRecord } from '../record-log/new-record.ts';
import type { TopicLog } from '../services/topic-log.ts';
import { PartitionEncoder } from './event-builder.ts';
import { type FailureRecord, toIsoTime } from './failure-record.ts';
import type { DiscardedBatch, OnFailureDestination } from './on-failure-destination.ts';
import type { SourceRecord } from './record-source.ts';

/** Name of the topic in `kafka://<topic>`; undefined for another destination. */
export function toTopicName(destination: string): string | undefined {
  return /^kafka:\/\/([a-zA-Z0-9._-]{1,249})$/.exec(destination)?.[1];
}

/**
 * A topic of the same cluster as destination: each discarded record comes with its own key, in its order, as a document
 * with the metadata and, in `payload.records`, the record as events carry it. A record that is too large to be sent
 * within a document comes as metadata alone, since trying again would not make it smaller. A delivery that fails midway
 * and is tried again sends records twice.
 *
 * Source: AWS Lambda developer guide, "Using a Kafka topic as an on-failure destination".
 */
export function createTopicDestination(log: Pick<TopicLog, 'append'>, topic: string): OnFailureDestination {
  return {
    deliver: async (discarded) => {
      const records = toRecords(discarded, true);
      try {
        await log.append(topic, records);
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        await appendOneByOne(log, topic, records, toRecords(discarded, false));
      }
    },
  };
}

/** `spares` are the same records without their payloads. */
async function appendOneByOne(
  log: Pick<TopicLog, 'append'>,
  topic: string,
  records: readonly NewRecord[],
  spares: readonly NewRecord[],
): Promise<void> {
  for (const [index, record] of records.entries()) {
    try {
      await log.append(topic, [record]);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      await log.append(topic, [spares[index]!]);
    }
  }
}

function isTooLarge(error: unknown): boolean {
  return isSluiceError(error) && error.code === 'RECORD_TOO_LARGE';
}

function toRecords(discarded: DiscardedBatch, hasPayload: boolean): NewRecord[] {
  const { slices, topic } = discarded;
  return slices.flatMap(({ partition, records }) => {
    const encoder = new PartitionEncoder(topic, partition);
    return records.map((record) => ({
      key: record.key,
      value: Buffer.from(JSON.stringify(toDocument(discarded, encoder, record, hasPayload))),
      headers: [],
    }));
  });
}

function toDocument(
  { record: failure, envelope }: DiscardedBatch,
  encoder: PartitionEncoder,
  record: SourceRecord,
  hasPayload: boolean,
) {
  const { requestContext, KafkaBatchInfo, ...rest } = failure;
  const { recordsInfo, ...batchInfo } = KafkaBatchInfo;
  const entry = Buffer.alloc(encoder.entrySize(record));
  encoder.writeEntry(record, entry, 0);
  return {
    requestContext: { ...requestContext, condition: toCondition(requestContext.condition) },
    ...rest,
    KafkaBatchInfo: {
      ...batchInfo,
      batchSize: 1,
      payloadSize: entry.length,
      recordInfo: { offset: record.offset, timestamp: toIsoTime(record.timestamp) },
    },
    ...(hasPayload && { payload: { ...envelope, records: [JSON.parse(entry.toString('utf8')) as unknown] } }),
  };
}

/** Lambda has another word for this one where the destination is a topic. */
function toCondition(condition: FailureRecord['requestContext']['condition']): string {
  return condition === 'RetryAttemptsExhausted' ? 'RetriesExhausted' : condition;
}
