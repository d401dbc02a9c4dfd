import type { RowChange } from '../../shared/change/change-event.ts';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import type { ConverterPorts } from '../../shared/converter/converter-ports.ts';
import { createConverter } from '../../shared/converter/create-converter.ts';
import type { SchemaAndValue } from '../../shared/data/schema.ts';
import type { Value } from '../../shared/data/value.ts';
import { type KafkaRecord, toHeaders, toKeyBytes } from '../../shared/kafka/record.ts';

/** Adds the record key to a change, decoded with or without loss. */
export type ReadRecordKey = (record: KafkaRecord, change: RowChange, lossless: boolean) => RowChange;

const noKey: SchemaAndValue = { schema: null, value: null };

/**
 * What gives changes the key of their record by `pk.mode`; undefined where nothing reads it, so that no key is decoded. A
 * record without a key has a null one, which names no row. In mode `kafka` every image is a row of its own.
 */
export async function createRecordKeyReader(
  { target, keyConverter, headerConverter }: ConnectorPlan,
  ports: ConverterPorts,
): Promise<ReadRecordKey | undefined> {
  switch (target.keyMode) {
    case 'none':
    case 'record_value':
      return undefined;
    case 'record_key': {
      const converter = await createConverter(keyConverter, 'key', ports);
      return (record, change, lossless) => {
        const bytes = toKeyBytes(record);
        const { value, schema } = bytes === null ? noKey : converter.decode(bytes, record, lossless);
        return { ...change, key: value, keySchema: schema };
      };
    }
    case 'record_header': {
      const converter = await createConverter(headerConverter, 'header', ports);
      return (record, change, lossless) => {
        const headers = toHeaders(record).map(
          ([name, bytes]) => [name, converter.decode(bytes, record, lossless).value] as const,
        );
        return { ...change, key: Object.fromEntries<Value>(headers) };
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
