import type { Schema } from '../data/schema.ts';

/** Names of Connect's logical types. */
export const logicalName = {
  decimal: 'org.apache.kafka.connect.data.Decimal',
  date: 'org.apache.kafka.connect.data.Date',
  time: 'org.apache.kafka.connect.data.Time',
  timestamp: 'org.apache.kafka.connect.data.Timestamp',
} as const;

/** The schemas of Connect's logical types of time. */
export const dateSchema: Schema = { type: 'int32', optional: false, name: logicalName.date, version: 1 };
export const timeSchema: Schema = { type: 'int32', optional: false, name: logicalName.time, version: 1 };
export const timestampSchema: Schema = { type: 'int64', optional: false, name: logicalName.timestamp, version: 1 };
