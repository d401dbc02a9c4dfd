import type { Converter, RecordPart } from './converter.ts';
import type { ConverterPorts } from './converter-ports.ts';
import type { ProtobufConverterSettings } from './converter-settings.ts';
import { compileProtobuf, toMessageName } from './protobuf-body.ts';
import { createSchemaSource } from './registry/create-schema-source.ts';
import { createRegistryConverter } from './registry/registry-converter.ts';

/** Confluent's ProtobufConverter, and AWS Glue's: records of Protocol Buffers whose schemas a registry keeps. */
export async function createProtobufConverter(
  { registry, converter: _converter, ...shape }: ProtobufConverterSettings,
  part: RecordPart,
  ports: ConverterPorts,
): Promise<Converter> {
  const source = await createSchemaSource(registry, ports);
  return createRegistryConverter(source, registry, part, compileProtobuf(shape), toMessageName);
}
