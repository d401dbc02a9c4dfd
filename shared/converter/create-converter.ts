import type { SchemaAndValue } from '../data/schema.ts';
import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import type { Converter, RecordPart } from './converter.ts';
import type { ConverterPorts } from './converter-ports.ts';
import type { ConverterName, ConverterSettings, PrimitiveConverterName } from './converter-settings.ts';
import { createJsonConverter } from './json-converter.ts';

type SettingsOf<Name extends ConverterName> = Extract<ConverterSettings, { readonly converter: Name }>;

/** Makes one converter; what it throws of class data is told in terms of a value. */
type Create<Name extends ConverterName> = (
  settings: SettingsOf<Name>,
  part: RecordPart,
  ports: ConverterPorts,
) => Converter | Promise<Converter>;

/** The code of a converter is loaded when it is first asked for, but for JSON's, which most connectors need. */
const creators: { readonly [Name in ConverterName]: Create<Name> } = {
  JsonConverter: createJsonConverter,
  AvroConverter: async (...given) => (await import('./avro-converter.ts')).createAvroConverter(...given),
  JsonSchemaConverter: async (...given) =>
    (await import('./json-schema-converter.ts')).createJsonSchemaConverter(...given),
  ProtobufConverter: async (...given) => (await import('./protobuf-converter.ts')).createProtobufConverter(...given),
  StringConverter: async (settings) => (await import('./string-converter.ts')).createStringConverter(settings),
  ByteArrayConverter: async () => (await import('./string-converter.ts')).createByteArrayConverter(),
  SimpleHeaderConverter: async () => (await import('./simple-header-converter.ts')).createSimpleHeaderConverter(),
  ShortConverter: createPrimitive,
  IntegerConverter: createPrimitive,
  LongConverter: createPrimitive,
  FloatConverter: createPrimitive,
  DoubleConverter: createPrimitive,
  BooleanConverter: createPrimitive,
};

async function createPrimitive(settings: SettingsOf<PrimitiveConverterName>): Promise<Converter> {
  return (await import('./primitive-converter.ts')).createPrimitiveConverter(settings);
}

/** The converter that the settings name, for one part of a record. */
export async function createConverter(
  settings: ConverterSettings,
  part: RecordPart,
  ports: ConverterPorts,
): Promise<Converter> {
  const create = creators[settings.converter] as Create<ConverterName>;
  const converter = await create(settings, part, ports);
  if (part === 'value') return converter;
  const prepare = converter.prepare?.bind(converter);
  return {
    ...(prepare && { prepare }),
    decode: (...given) => decodePart(part, settings.converter, () => converter.decode(...given)),
  };
}

function decodePart(part: RecordPart, converter: ConverterName, decode: () => SchemaAndValue): SchemaAndValue {
  try {
    return decode();
  } catch (cause) {
    if (!isSluiceError(cause, 'data') || cause.code === 'SCHEMA_UNKNOWN') throw cause;
    // Its own message tells what is wrong with the bytes in terms of a value.
    const message = `A ${part} of the record is not what ${converter} reads.`;
    throw new SluiceError('KEY_UNREADABLE', message, { stage: 'decode-key', cause });
  }
}
