import { requestJson } from '../cli/request-json.ts';
import type { ConsumedRecord } from '../services/kafka-rest-consume.ts';
import type { TopicReader } from '../services/topic-log.ts';

interface PartitionOffsets {
  readonly beginning_offset: number;
  readonly end_offset: number;
  readonly timestamp_offset?: number;
}

/** The API's own largest answer. */
const maxRecords = 10_000;

/** Reads the topics of a stack through its topic REST API, whichever broker it has. Errors are the API's `REQUEST_REFUSED`. */
export function createRestTopicReader(restUrl: string): TopicReader {
  const topicUrl = (name: string) => `${restUrl}/topics/${encodeURIComponent(name)}`;
  const offsetsUrl = (name: string, partition: number) => `${topicUrl(name)}/partitions/${partition}/offsets`;
  const topic: TopicReader['topic'] = async (name) => {
    const partitions = await requestJson<readonly unknown[]>(`${topicUrl(name)}/partitions`);
    return { name, partitions: partitions.length };
  };
  return {
    topic,
    topics: async () => {
      const names = await requestJson<readonly string[]>(`${restUrl}/topics`);
      return await Promise.all(names.map(async (name) => (await topic(name))!));
    },
    offsets: async (name, partition) => {
      const answer = await requestJson<PartitionOffsets>(offsetsUrl(name, partition));
      return { beginning: answer.beginning_offset, end: answer.end_offset };
    },
    offsetAt: async (name, partition, timestampMs) => {
      const url = `${offsetsUrl(name, partition)}?timestamp=${timestampMs}`;
      return (await requestJson<PartitionOffsets>(url)).timestamp_offset!;
    },
    read: async (name, partition, fromOffset, { maxRecords: wanted, maxWaitMs, signal }) => {
      const count = Math.min(wanted, maxRecords);
      const url = `${topicUrl(name)}/partitions/${partition}/records?offset=${fromOffset}&count=${count}&timeout=${maxWaitMs}`;
      const records = await requestJson<readonly ConsumedRecord[]>(url, { signal });
      return records.map(({ offset, timestamp, key, value, headers }) => ({
        offset,
        timestamp,
        timestampType: 'CREATE_TIME',
        key: toBytes(key),
        value: toBytes(value),
        headers: headers.map((header) => [header.name, Buffer.from(header.value, 'base64')] as const),
      }));
    },
  };
}

function toBytes(base64: string | null): Buffer | null {
  return base64 === null ? null : Buffer.from(base64, 'base64');
}
