import type { RowChange } from '../../shared/change/change-event.ts';
import type { Value } from '../../shared/data/value.ts';
import type { SelectedRecord } from '../../shared/filter/record-selector.ts';
import type { KafkaRecord } from '../../shared/kafka/record.ts';
import type { TargetSettings } from '../../shared/postgres/target-settings.ts';

/** Adds to a change what `pk.mode` says that names its row. */
export type AddRecordKey = (record: KafkaRecord, change: RowChange, selected: SelectedRecord) => RowChange;

/**
 * What gives changes the key of their record by `pk.mode`; undefined where the images alone tell it. A record without a key
 * has a null one, which names no row. In mode `kafka` every image is a row of its own.
 */
export function createRecordKeyReader({
  keyMode,
  keyColumns,
}: Pick<TargetSettings, 'keyMode' | 'keyColumns'>): AddRecordKey | undefined {
  switch (keyMode) {
    case 'none':
    case 'record_value':
      return undefined;
    case 'record_key':
      return (_record, change, { key, isNamedByKey }) =>
        isNamedByKey ? { ...change, key: key.value, keySchema: key.schema } : change;
    case 'record_header':
      return (_record, change, { headers }) => {
        const key = Object.fromEntries<Value>(headers.map(({ name, value }) => [name, value]));
        return { ...change, key };
      };
    case 'kafka': {
      const [topicColumn = '', partitionColumn = '', offsetColumn = ''] = keyColumns;
      return ({ partition, offset }, change, { topic }) => {
        const key = { [topicColumn]: topic, [partitionColumn]: partition, [offsetColumn]: offset };
        const { after } = change;
        return after === null ? { ...change, key } : { ...change, op: 'c', before: null, after, key };
      };
    }
  }
}
