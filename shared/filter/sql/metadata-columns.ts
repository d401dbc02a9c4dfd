import { checkTimestamp, dayUs, unixEpochDay } from './calendar.ts';
import { Jsonb } from './jsonb.ts';
import type { SqlMetadata } from './row-source.ts';
import type { SqlValue } from './sql-value.ts';

interface MetadataColumn {
  readonly type: string;
  readonly read: (metadata: SqlMetadata) => SqlValue | null;
}

/** Columns that every table has; one of the row that is called so is not seen. */
const columns: Readonly<Record<string, MetadataColumn>> = {
  __op: { type: 'text', read: ({ op }) => op },
  __topic: { type: 'text', read: ({ topic }) => topic },
  __partition: { type: 'int4', read: ({ partition }) => partition },
  __offset: { type: 'int8', read: ({ offset }) => BigInt(offset) },
  __timestamp: { type: 'timestamptz', read: ({ timestamp }) => (timestamp === null ? null : toTimestamptz(timestamp)) },
  __key: { type: 'jsonb', read: ({ key }) => (key.value === null ? null : new Jsonb(key.value)) },
  __headers: { type: 'jsonb', read: ({ headers }) => new Jsonb(Object.fromEntries(headers.map(toEntry))) },
  __source: { type: 'jsonb', read: ({ source }) => (source === null ? null : new Jsonb(source)) },
};

/** The metadata column of that name; undefined for a column of the row. */
export function metadataColumn(name: string): MetadataColumn | undefined {
  return Object.hasOwn(columns, name) ? columns[name] : undefined;
}

function toTimestamptz(milliseconds: number): bigint {
  return checkTimestamp(BigInt(milliseconds) * 1000n + BigInt(unixEpochDay) * dayUs);
}

function toEntry({ name, value }: SqlMetadata['headers'][number]) {
  return [name, value] as const;
}
