import type { KafkaEventRecord } from '../../shared/kafka/event.ts';

/** Base64 characters of the longest value that is read for its time; a larger one would cost more than it tells. */
const maxValueLength = 65_536;

/**
 * When the change of a record was made in the source database, in milliseconds since the epoch: Debezium's
 * `source.ts_ms`, with or without the schema that Kafka Connect's JSON converter writes around. Undefined where the value
 * is something else, or longer than 48 KB.
 */
export function readSourceTime({ value }: KafkaEventRecord): number | undefined {
  if (value == null || value.length > maxValueLength) return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  if (!text.includes('"ts_ms"')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    const time = memberOf(memberOf(memberOf(parsed, 'payload') ?? parsed, 'source'), 'ts_ms');
    return typeof time === 'number' && time > 0 ? time : undefined;
  } catch {
    // A value that is no JSON is somebody else's to judge.
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
