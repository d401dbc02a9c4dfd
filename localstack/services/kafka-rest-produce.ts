import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';
import { assertRecordFits, type NewRecord } from '../record-log/new-record.ts';
import { partitionNotFound, topicNotFound } from './kafka-rest-error.ts';
import type { TopicLog } from './topic-log.ts';

/** What became of one record: its place, or an error. */
export interface ProducedOffset {
  readonly partition: number | null;
  readonly offset: number | null;
  /** 1: sending it again is of no use; 2: it is. Source: Confluent REST Proxy API reference, `POST /topics/…`. */
  readonly error_code: 1 | 2 | null;
  readonly error: string | null;
}

/** Answer to a produce request. */
export interface ProduceResponse {
  readonly offsets: readonly ProducedOffset[];
  readonly key_schema_id: null;
  readonly value_schema_id: null;
}

const permanent = 1;
const retriable = 2;

/**
 * Appends the records of a request and answers for each, in order. A record that cannot be stored, being too large for
 * instance, gets an error of its own; the others are stored all the same. A topic that does not exist is created,
 * unless the request names a partition in its path.
 *
 * @throws RestError 404 for a missing topic or partition in the path
 * @throws SluiceError `TOPIC_INVALID`
 */
export async function produceRecords(
  log: TopicLog,
  topic: string,
  records: readonly NewRecord[],
  partition?: number,
): Promise<ProduceResponse> {
  const found = await log.topic(topic);
  if (partition !== undefined) {
    if (found === undefined) throw topicNotFound();
    if (partition >= found.partitions) throw partitionNotFound();
  }
  const offsets = new Array<ProducedOffset>(records.length);
  const good: { readonly index: number; readonly record: NewRecord }[] = [];
  for (const [index, given] of records.entries()) {
    const record = partition === undefined ? given : { ...given, partition };
    const problem = problemOf(topic, found?.partitions ?? 1, record);
    if (problem === undefined) good.push({ index, record });
    else offsets[index] = refused(problem);
  }
  try {
    const places =
      good.length === 0
        ? []
        : await log.append(
            topic,
            good.map(({ record }) => record),
          );
    for (const [i, place] of places.entries()) offsets[good[i]!.index] = { ...place, error_code: null, error: null };
  } catch (error) {
    if (!isSluiceError(error) || error.code === 'TOPIC_INVALID') throw error;
    for (const { index } of good) offsets[index] = refused(error);
  }
  return { offsets, key_schema_id: null, value_schema_id: null };
}

function problemOf(topic: string, partitions: number, record: NewRecord): SluiceError | undefined {
  if (record.partition !== undefined && record.partition >= partitions) {
    return new SluiceError('PARTITION_MISSING', `Topic ${topic} has no partition ${record.partition}.`);
  }
  try {
    assertRecordFits(topic, record);
    return undefined;
  } catch (error) {
    if (isSluiceError(error)) return error;
    throw error;
  }
}

function refused(error: SluiceError): ProducedOffset {
  const error_code = error.errorClass === 'transient' ? retriable : permanent;
  return { partition: null, offset: null, error_code, error: error.message };
}
