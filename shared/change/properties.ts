import type { PropertyValues } from '../config/parse-config.ts';
import { type AnyProperty, honoured } from '../config/property.ts';
import { oneOf } from '../config/validators.ts';
import type { ChangeSettings, RecordFormat } from './change-settings.ts';
import { cloudEventsPatternProblem, defaultCloudEventsPattern } from './cloud-event.ts';

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
    'only where the table has such columns. `auto`: an envelope is what has a schema called so, or `op` and one of ' +
    '`before`, `after` and `source`; everything else is a row.',
  validate: oneOf('envelope', 'flat', 'auto'),
});

const cloudEventsPattern = honoured({
  name: 'cloud.events.schema.name.pattern',
  type: 'STRING',
  defaultText: defaultCloudEventsPattern,
  importance: 'LOW',
  group: 'Converter',
  documentation:
    'Regular expression for the names of schemas whose records are CloudEvents: their `data` is the envelope. A CloudEvent ' +
    'without schema is recognised by its attributes. Not with `record.format=flat`.',
  validate: cloudEventsPatternProblem,
});

/** Properties of how a record becomes a change event. */
export const changeProperties: readonly AnyProperty[] = [recordFormat, cloudEventsPattern];

/** The settings that tell how a value is read; `needsBefore` follows from the target. */
export function toValueFormat(values: PropertyValues): Omit<ChangeSettings, 'needsBefore'> {
  const pattern = values.get(cloudEventsPattern);
  return {
    format: values.get(recordFormat) as RecordFormat,
    ...(pattern !== defaultCloudEventsPattern && { cloudEventsPattern: pattern }),
  };
}
