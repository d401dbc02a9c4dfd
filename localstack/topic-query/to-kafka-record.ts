import type { KafkaRecord } from '../../shared/kafka/record.ts';
import type { SourceRecord } from '../event-source/record-source.ts';

/** A record of a topic in the form in which Lambda hands records to functions, which the steps of a connector read. */
export function toKafkaRecord(topic: string, partition: number, record: SourceRecord): KafkaRecord {
  const { offset, timestamp, timestampType, key, value, headers } = record;
  return {
    topic,
    partition,
    offset,
    timestamp,
    timestampType,
    key: key?.toString('base64') ?? null,
    value: value?.toString('base64') ?? null,
    headers: headers.map(([name, bytes]) => ({ [name]: [...bytes] })),
  };
}
