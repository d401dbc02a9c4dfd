import type { RowChange } from '../../shared/change/change-event.ts';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import { createConverter } from '../../shared/converter/converter.ts';
import type { JsonValue } from '../../shared/data/json-value.ts';
import { type KafkaRecord, toHeaders, toKeyBytes } from '../../shared/kafka/record.ts';

/** Adds the record key to a change, decoded with or without loss. */
export type ReadRecordKey = (record: KafkaRecord, change: RowChange, lossless: boolean) => RowChange;

/**
 * What gives changes the key of their record by `pk.mode`; undefined where nothing reads it, so that no key is decoded. A
 * record without a key has a null one, which names no row. In mode `kafka` every image is a row of its own.
 */
export function createRecordKeyReader({
  target,
  keyConverter,
  headerConverter,
}: ConnectorPlan): ReadRecordKey | undefined {
  switch (target.keyMode) {
    case 'none':
    case 'record_value':
      return undefined;
    case 'record_key': {
      const converter = createConverter(keyConverter, 'key');
      return (record, change, lossless) => {
        const bytes = toKeyBytes(record);
        return { ...change, key: bytes === null ? null : converter.decode(bytes, lossless) };
      };
    }
    case 'record_header': {
      const converter = createConverter(headerConverter, 'header');
      return (record, change, lossless) => {
        const headers = toHeaders(record).map(([name, bytes]) => [name, converter.decode(bytes, lossless)] as const);
        return { ...change, key: Object.fromEntries<JsonValue>(headers) };
      };
    }
    case 'kafka': {
      const [topicColumn = '', partitionColumn = '', offsetColumn = ''] = target.keyColumns;
      return ({ topic, partition, offset }, change) => {
        const key = { [topicColumn]: topic, [partitionColumn]: partition, [offsetColumn]: offset };
        const { after } = change;
        return after === null ? { ...change, key } : { ...change, op: 'c', before: null, after, key };
      };
    }
  }
}
