import type { Converter, RecordPart } from './converter.ts';
import type { ConverterPorts } from './converter-ports.ts';
import type { JsonSchemaConverterSettings } from './converter-settings.ts';
import { compileJsonSchema, toTitle } from './json-schema-body.ts';
import { createSchemaSource } from './registry/create-schema-source.ts';
import { createRegistryConverter } from './registry/registry-converter.ts';

/** Confluent's JsonSchemaConverter, and AWS Glue's: JSON whose schema a registry keeps. */
export async function createJsonSchemaConverter(
  { registry, converter: _converter, ...shape }: JsonSchemaConverterSettings,
  part: RecordPart,
  ports: ConverterPorts,
): Promise<Converter> {
  const source = await createSchemaSource(registry, ports);
  return createRegistryConverter(source, registry, part, compileJsonSchema(shape), toTitle);
}
