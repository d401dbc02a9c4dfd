import { createToConnectSchema } from './avro-connect-schema.ts';
import { createAvroReader } from './avro-reader.ts';
import { parseAvroSchema } from './avro-schema.ts';
import type { Converter, RecordPart } from './converter.ts';
import type { ConverterPorts } from './converter-ports.ts';
import type { AvroConverterSettings } from './converter-settings.ts';
import { createSchemaSource } from './registry/create-schema-source.ts';
import { createRegistryConverter } from './registry/registry-converter.ts';
import type { CompileSchema, DecodeBody } from './registry/schema-decoders.ts';
import type { RegisteredSchema } from './registry/schema-source.ts';
import { unreadable } from './unreadable.ts';

/** Confluent's AvroConverter and AWS's: records that name their schema in a registry. */
export async function createAvroConverter(
  settings: AvroConverterSettings,
  part: RecordPart,
  ports: ConverterPorts,
): Promise<Converter> {
  const source = await createSchemaSource(settings.registry, ports);
  const compile: CompileSchema = (schema, readAs) => compileAvro(schema, settings, readAs);
  return createRegistryConverter(source, settings.registry, part, compile, toRecordName);
}

/**
 * The decoder of a schema's records.
 *
 * @throws SluiceError `VALUE_UNREADABLE` for a schema that is not Avro, or cannot be used
 */
export function compileAvro(
  schema: RegisteredSchema,
  settings: AvroConverterSettings,
  readAs?: RegisteredSchema,
): DecodeBody {
  const writer = parse(schema);
  const reader = readAs === undefined || readAs === schema ? writer : parse(readAs);
  const read = createAvroReader(writer, reader, settings);
  const connectSchema = createToConnectSchema(settings)(reader);
  return ({ bytes, offset }) => ({ schema: connectSchema, value: read(bytes, offset) });
}

function toRecordName(schema: RegisteredSchema): string {
  const type = parse(schema);
  return 'name' in type ? type.name : type.type;
}

function parse({ format, text, imports, reference }: RegisteredSchema) {
  if (format === 'AVRO') return parseAvroSchema(text, imports);
  return unreadable(`The schema ${reference} is written in ${format}, not in Avro`);
}
