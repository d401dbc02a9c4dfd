import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import { type AnyProperty, honoured, moot } from '../config/property.ts';
import type { ConverterSettings } from './converter-settings.ts';

const group = 'Converter';
const jsonConverterNames = ['org.apache.kafka.connect.json.JsonConverter', 'JsonConverter', 'Json'];

const valueConverter = honoured({
  name: 'value.converter',
  type: 'CLASS',
  defaultText: 'org.apache.kafka.connect.json.JsonConverter',
  importance: 'HIGH',
  group,
  documentation: "Converter of record values. Connect's JsonConverter is supported so far.",
  validate: (value) =>
    jsonConverterNames.includes(value)
      ? undefined
      : 'This converter is not supported yet; org.apache.kafka.connect.json.JsonConverter is.',
});

const schemasEnable = honoured({
  name: 'value.converter.schemas.enable',
  aliases: ['schemas.enable'],
  type: 'BOOLEAN',
  defaultText: {
    sluice: 'false',
    adbpg: 'false',
    confluent: 'true',
    debezium: 'true',
    aiven: 'true',
    databend: 'true',
  },
  group,
  documentation:
    'Whether JSON values are wrapped as {"schema": …, "payload": …}. Only `false` (plain JSON) is supported so far, so ' +
    "that connectors of classes whose default is Connect's `true` must say so.",
});

/** Properties of the converters. */
export const converterProperties: readonly AnyProperty[] = [
  valueConverter,
  schemasEnable,
  moot({
    name: 'value.converter.decimal.format',
    group,
    reason: 'It affects only the writing of records; every form is read.',
  }),
  moot({
    name: 'value.converter.replace.null.with.default',
    type: 'BOOLEAN',
    group,
    reason: 'Plain JSON has no schema, hence no defaults.',
  }),
  moot({ name: 'value.converter.*', group, reason: 'The JSON converter has no such option, or needs none here.' }),
  moot({
    name: 'key.converter',
    type: 'CLASS',
    group,
    reason: 'Record keys are not read: the row key comes from the images. Dead letters keep the bytes of the key.',
  }),
  moot({ name: 'key.converter.*', group, reason: 'Record keys are not read.' }),
  moot({
    name: 'header.converter',
    type: 'CLASS',
    group,
    reason: 'Record headers are not read. Dead letters keep their bytes.',
  }),
  moot({ name: 'header.converter.*', group, reason: 'Record headers are not read.' }),
];

/** Settings of the value converter. `schemas.enable=true` is a finding. */
export function toValueConverterSettings(values: PropertyValues, findings: Findings): ConverterSettings {
  const refusedConverter = findings.errors.some(({ property }) => property === valueConverter.name);
  if (values.get(schemasEnable) && !refusedConverter) {
    findings.error(
      values.writtenAs(schemasEnable) ?? schemasEnable.name,
      'JSON with schemas (schemas.enable=true, the default of this connector.class) is not supported yet; ' +
        'set value.converter.schemas.enable=false and send plain JSON.',
    );
  }
  return { converter: 'JsonConverter', schemasEnable: values.get(schemasEnable) };
}

/** Settings by which a record key would be read; nothing reads keys yet. */
export const keyConverterSettings: ConverterSettings = { converter: 'JsonConverter', schemasEnable: false };
