import type { PropertyValues } from '../config/parse-config.ts';
import { type AnyProperty, honoured } from '../config/property.ts';
import { oneOf } from '../config/validators.ts';
import type { RecordFormat } from './change-settings.ts';

const recordFormat = honoured({
  name: 'record.format',
  type: 'STRING',
  defaultText: {
    sluice: 'envelope',
    adbpg: 'envelope',
    confluent: 'auto',
    debezium: 'auto',
    aiven: 'auto',
    databend: 'auto',
  },
  group: 'Converter',
  documentation:
    '`envelope`: values are `{"op", "before", "after"}`, as the ADBPG contract and Debezium have it. `flat`: a value is ' +
    "the row itself, as Debezium's ExtractNewRecordState leaves it; `__deleted` and `__op` are understood, and written " +
    'only where the table has such columns. `auto`: an envelope is what has `op` and one of `before`, `after` and ' +
    '`source`; everything else is a row.',
  validate: oneOf('envelope', 'flat', 'auto'),
});

/** Properties of how a record becomes a change event. */
export const changeProperties: readonly AnyProperty[] = [recordFormat];

/** The format in which values are read. */
export function toRecordFormat(values: PropertyValues): RecordFormat {
  return values.get(recordFormat) as RecordFormat;
}
