import type { RowChange } from '../../shared/change/change-event.ts';
import type { KafkaRecord } from '../../shared/kafka/record.ts';
import type { SoftDelete } from '../../shared/postgres/target-settings.ts';

/**
 * What keeps deleted rows and marks them (`delete.mode=soft`): a delete carries the mark, every other image its absence.
 * Undefined where deletes are hard.
 */
export function createSoftDeletion(
  softDelete: SoftDelete | undefined,
): ((record: KafkaRecord, change: RowChange) => RowChange) | undefined {
  if (softDelete === undefined) return undefined;
  const { markerColumn, timeColumn } = softDelete;
  const alive = { [markerColumn]: false, ...(timeColumn !== undefined && { [timeColumn]: null }) };
  return (record, change) => {
    if (change.after !== null) return { ...change, after: { ...change.after, ...alive } };
    const time = new Date(record.timestamp).toISOString();
    return { ...change, mark: { [markerColumn]: true, ...(timeColumn !== undefined && { [timeColumn]: time }) } };
  };
}
