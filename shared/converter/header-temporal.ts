import type { Schema, SchemaAndValue } from '../data/schema.ts';

const name = 'org.apache.kafka.connect.data';
const date: Schema = { type: 'int32', optional: false, name: `${name}.Date`, version: 1 };
const time: Schema = { type: 'int32', optional: false, name: `${name}.Time`, version: 1 };
const timestamp: Schema = { type: 'int64', optional: false, name: `${name}.Timestamp`, version: 1 };

const dayMs = 86_400_000;
const form = /^(?:(\d{4})-(\d\d)-(\d\d))?(T?)(?:(\d\d):(\d\d):(\d\d)\.(\d{3})Z)?$/;

/**
 * The date (`2024-02-29`), time (`12:34:56.789Z`) or timestamp (`2024-02-29T12:34:56.789Z`) that a text is, as Kafka
 * Connect writes them; undefined for what is none. A day that the calendar does not have is none.
 *
 * Source: Apache Kafka, `connect/api/.../data/Values.java` (parseAsTemporal).
 */
export function parseHeaderTemporal(written: string): SchemaAndValue | undefined {
  const text = written.replaceAll('\\:', ':');
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, separator, hour, minute, second, milli] = match;
  const timeMs =
    hour === undefined ? 0 : ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + Number(milli);
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return undefined;
  if (year === undefined) return hour === undefined || separator !== '' ? undefined : { schema: time, value: timeMs };
  if ((separator === 'T') !== (hour !== undefined)) return undefined;
  const dateMs = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(dateMs) || new Date(dateMs).getUTCDate() !== Number(day)) return undefined;
  if (hour === undefined) return { schema: date, value: dateMs / dayMs };
  return { schema: timestamp, value: dateMs + timeMs };
}
