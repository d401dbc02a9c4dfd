import type { ConverterPorts } from '../converter-ports.ts';
import type { RegistrySettings } from './registry-settings.ts';
import type { SchemaSource } from './schema-source.ts';

/** The schemas of the registry that the settings name. Nothing is asked before a schema is. */
export async function createSchemaSource(settings: RegistrySettings, ports: ConverterPorts): Promise<SchemaSource> {
  return settings.kind === 'glue'
    ? (await import('./glue-schema-source.ts')).createGlueSchemaSource(settings, ports)
    : (await import('./http-schema-source.ts')).createHttpSchemaSource(settings, ports);
}
