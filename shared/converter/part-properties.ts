import { type AnyProperty, honoured, moot } from '../config/property.ts';
import { between } from '../config/validators.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { RecordPart } from './converter.ts';
import { converterClassProblem } from './converter-class.ts';
import { parseSchemaContent } from './json-converter.ts';
import { createInertRegistryProperties, createRegistryProperties } from './registry/registry-properties.ts';
import { createTextReader } from './text-encoding.ts';

const group = 'Converter';

/** Connect's own default is true; products whose records carry no schema say false. */
const schemasEnableDefault = {
  sluice: 'false',
  adbpg: 'false',
  confluent: 'true',
  debezium: 'true',
  aiven: 'true',
  databend: 'true',
};

const usedFor: Readonly<Record<RecordPart, string>> = {
  value: 'Converter of record values, by its full or simple class name.',
  key: 'Converter of record keys, which are decoded only where something reads them. Dead letters keep their bytes.',
  header: 'Converter of record headers, which are decoded only where something reads them.',
};

/** Properties of the converter of one part of a record. */
export type PartProperties = ReturnType<typeof createPartProperties>;

/** The honoured properties of the converter of keys, values or headers, those of its registry apart. */
export function createPartProperties(part: RecordPart) {
  const prefix = `${part}.converter.`;
  const say = (text: string) => (part === 'value' ? text : `As \`value.converter.*\`, for ${part}s.`);
  const option = (name: string, defaultText: string, documentation: string) =>
    honoured({ name: prefix + name, type: 'BOOLEAN', defaultText, group, documentation: say(documentation) });
  return {
    converter: honoured({
      name: `${part}.converter`,
      type: 'CLASS',
      defaultText:
        part === 'header'
          ? 'org.apache.kafka.connect.storage.SimpleHeaderConverter'
          : 'org.apache.kafka.connect.json.JsonConverter',
      importance: 'HIGH',
      group,
      documentation: usedFor[part],
      validate: converterClassProblem,
    }),
    schemasEnable: honoured({
      name: `${prefix}schemas.enable`,
      aliases: part === 'value' ? ['schemas.enable'] : [],
      type: 'BOOLEAN',
      defaultText: part === 'header' ? 'false' : schemasEnableDefault,
      group,
      documentation: say('JSON: whether values are wrapped as `{"schema": …, "payload": …}`.'),
    }),
    schemaContent: honoured({
      name: `${prefix}schema.content`,
      type: 'STRING',
      group,
      documentation: say(
        'JSON with `schemas.enable=true`: the schema of every value, which then is the payload alone; empty: none.',
      ),
      validate: schemaContentProblem,
    }),
    maxSchemas: honoured({
      name: `${prefix}schemas.cache.size`,
      type: 'INT',
      defaultText: '1000',
      importance: 'LOW',
      group,
      documentation: say('JSON: most schemas kept.'),
      validate: between(0),
    }),
    replaceNullWithDefault: option(
      'replace.null.with.default',
      'true',
      "JSON with schemas: null becomes the default of its field's schema.",
    ),
    encoding: honoured({
      name: `${prefix}converter.encoding`,
      type: 'STRING',
      defaultText: 'UTF-8',
      group,
      documentation: say('StringConverter: character set, by its name in Java or in the WHATWG Encoding standard.'),
      validate: encodingProblem,
    }),
    enhancedAvro: option('enhanced.avro.schema.support', 'false', 'Avro: enums and union branches keep full names.'),
    enhancedProtobuf: option('enhanced.protobuf.schema.support', 'false', 'Protobuf: names keep their package.'),
    flattenSingletonUnions: option(
      'flatten.singleton.unions',
      'true',
      'Avro, JSON Schema: a union of one type is that type.',
    ),
    generalizedSumTypes: option(
      'generalized.sum.type.support',
      'false',
      'Avro, Protobuf, JSON Schema: unions and enums have the forms that all three share.',
    ),
    connectMetaData: option(
      'connect.meta.data',
      'true',
      'Avro: schemas keep the docs and parameters that Connect wrote into them, such as the type of the source column.',
    ),
    discardTypeDocDefault: option(
      'discard.type.doc.default',
      'false',
      'Avro: docs and defaults of types are left out.',
    ),
    indexUnions: option('generate.index.for.unions', 'true', 'Protobuf: names of `oneof` structs end in their index.'),
    flattenUnions: option('flatten.unions', 'false', 'Protobuf: fields of a `oneof` stand in their message.'),
    intForEnums: option('int.for.enums', 'false', 'Protobuf: enums are their numbers.'),
    optionalForNullables: option('optional.for.nullables', 'false', 'Protobuf: `optional` fields may be null.'),
    optionalForProto2: option('optional.for.proto2', 'true', 'Protobuf: `optional` fields of proto2 may be null.'),
    wrapperForNullables: option('wrapper.for.nullables', 'false', 'Protobuf: wrappers are nullable values.'),
    wrapperForRawPrimitives: option(
      'wrapper.for.raw.primitives',
      'true',
      'Protobuf: a message that is a wrapper is its value.',
    ),
    generateStructForNulls: option(
      'generate.struct.for.nulls',
      'false',
      'Protobuf: absent messages are empty structs.',
    ),
    losslessTypes: option(
      'scalar.well.known.types',
      'true',
      'Protobuf: messages that mean one value (google.protobuf.Timestamp, Duration, Struct and the wrappers, ' +
        "google.type.TimeOfDay and Decimal) are that value, to the last digit; `false`: what Confluent's converter makes " +
        'of them.',
    ),
    optionalForNonRequired: option(
      'use.optional.for.nonrequired',
      'false',
      'JSON Schema: properties that are not required may be null.',
    ),
    registry: createRegistryProperties(part),
  } as const;
}

/** Properties of converters that have no effect on reading. */
export function createInertPartProperties(part: RecordPart): readonly AnyProperty[] {
  const writers = [
    'scrub.invalid.names',
    'allow.optional.map.keys',
    'object.additional.properties',
    'avro.use.logical.type.converters',
    'json.fail.invalid.schema',
  ];
  return [
    moot({
      name: `${part}.converter.decimal.format`,
      group,
      reason: 'It affects only the writing of records; every form is read.',
    }),
    moot({
      name: `${part}.converter.ignore.default.for.nullables`,
      group,
      reason: 'A null that was written stays null, whatever default its field has.',
    }),
    ...writers.map((name) =>
      moot({ name: `${part}.converter.${name}`, group, reason: 'It affects only the writing or checking of records.' }),
    ),
    ...createInertRegistryProperties(part),
    moot({ name: `${part}.converter.*`, group, reason: 'The converters have no such option, or need none here.' }),
  ];
}

function schemaContentProblem(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    parseSchemaContent(text);
    return undefined;
  } catch (error) {
    return error instanceof SluiceError ? `It is no schema of Connect as JSON: ${error.message}` : String(error);
  }
}

function encodingProblem(label: string): string | undefined {
  try {
    createTextReader(label);
    return undefined;
  } catch {
    return 'There is no such character set';
  }
}
