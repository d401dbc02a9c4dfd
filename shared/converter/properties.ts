import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import { type AnyProperty, honoured, moot } from '../config/property.ts';
import type { ConverterName, ConverterSettings } from './converter-settings.ts';

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

/** Connect's own default is true; products whose records carry no schema say false. */
const schemasEnableDefault = {
  sluice: 'false',
  adbpg: 'false',
  confluent: 'true',
  debezium: 'true',
  aiven: 'true',
  databend: 'true',
};

const schemasEnable = honoured({
  name: 'value.converter.schemas.enable',
  aliases: ['schemas.enable'],
  type: 'BOOLEAN',
  defaultText: schemasEnableDefault,
  group,
  documentation:
    'Whether JSON values are wrapped as {"schema": …, "payload": …}. Only `false` (plain JSON) is supported so far, so ' +
    "that connectors of classes whose default is Connect's `true` must say so.",
});

const keyConverter = honoured({
  name: 'key.converter',
  type: 'CLASS',
  defaultText: 'org.apache.kafka.connect.json.JsonConverter',
  group,
  documentation:
    'Converter of record keys, used only where `pk.mode` is `record_key`: JsonConverter or StringConverter. Dead letters ' +
    'keep the bytes of every key.',
});

const keySchemasEnable = honoured({
  name: 'key.converter.schemas.enable',
  type: 'BOOLEAN',
  defaultText: schemasEnableDefault,
  group,
  documentation: 'As `value.converter.schemas.enable`, for JSON keys that are read.',
});

const headerConverter = honoured({
  name: 'header.converter',
  type: 'CLASS',
  defaultText: 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
  group,
  documentation:
    'Converter of record headers, used only where `pk.mode` is `record_header`: SimpleHeaderConverter, StringConverter or ' +
    'JsonConverter. Dead letters keep the bytes of every header.',
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
  keyConverter,
  keySchemasEnable,
  moot({ name: 'key.converter.*', group, reason: 'The converters of keys have no such option, or need none here.' }),
  headerConverter,
  moot({
    name: 'header.converter.*',
    group,
    reason: 'The converters of headers have no such option, or need none here.',
  }),
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

/**
 * Settings of the key converter. A converter or an option that is not supported is a finding only when keys are read.
 */
export function toKeyConverterSettings(values: PropertyValues, isRead: boolean, findings: Findings): ConverterSettings {
  const converter = toConverterName(values, keyConverter, ['JsonConverter', 'StringConverter'], isRead, findings);
  const schemas = values.get(keySchemasEnable);
  if (isRead && schemas && converter === 'JsonConverter') {
    findings.error(
      values.writtenAs(keySchemasEnable) ?? keySchemasEnable.name,
      'JSON keys with schemas (key.converter.schemas.enable=true, the default of this connector.class) are not supported ' +
        'yet; set key.converter.schemas.enable=false and send plain JSON.',
    );
  }
  return { converter, schemasEnable: schemas };
}

/** Settings of the header converter; checked only when headers are read. */
export function toHeaderConverterSettings(
  values: PropertyValues,
  isRead: boolean,
  findings: Findings,
): ConverterSettings {
  const known: ConverterName[] = ['SimpleHeaderConverter', 'StringConverter', 'JsonConverter'];
  return { converter: toConverterName(values, headerConverter, known, isRead, findings), schemasEnable: false };
}

/** The first of the names stands for one that is not known. */
function toConverterName(
  values: PropertyValues,
  property: typeof keyConverter,
  names: readonly ConverterName[],
  isRead: boolean,
  findings: Findings,
): ConverterName {
  const className = values.get(property);
  const simple = className.slice(className.lastIndexOf('.') + 1);
  const known = names.find((name) => name === simple || name === `${simple}Converter`);
  if (known === undefined && isRead) {
    const written = values.writtenAs(property) ?? property.name;
    findings.error(written, `${written}: ${className} is not supported yet; ${names.join(', ')} are.`);
  }
  return known ?? names[0]!;
}
