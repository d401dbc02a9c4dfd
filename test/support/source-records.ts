import type { SourceRecord } from '../../localstack/event-source/record-source.ts';

/** Records at these offsets, their timestamps the offsets. */
export function recordsAt(...offsets: readonly number[]): SourceRecord[] {
  return offsets.map((offset) => ({
    offset,
    timestamp: offset,
    timestampType: 'CREATE_TIME',
    key: null,
    value: null,
    headers: [],
  }));
}
