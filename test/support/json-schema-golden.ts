import { readFileSync } from 'node:fs';
import { compileJsonSchema } from '../../shared/converter/json-schema-body.ts';
import type { JsonSchemaShape } from '../../shared/converter/json-schema-compiler.ts';
import type { ImportedSchema, RegisteredSchema } from '../../shared/converter/registry/schema-source.ts';
import type { SchemaAndValue } from '../../shared/data/schema.ts';

const folder = new URL('../fixtures/converter/json-schema/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** The defaults of Confluent's JsonSchemaConverter. */
export const defaultJsonSchemaShape: JsonSchemaShape = {
  flattenSingletonUnions: true,
  generalizedSumTypes: false,
  optionalForNonRequired: false,
};

interface Golden {
  readonly name: string;
  readonly file: string;
  readonly references: readonly string[];
  readonly hex: string;
}

const golden = JSON.parse(read('golden.json')) as Golden[];

/** A JSON Schema as a registry gives it. */
export function toJsonSchema(schema: unknown, imports: readonly ImportedSchema[] = []): RegisteredSchema {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return { reference: 1, registry: 'confluent', format: 'JSON', text, imports };
}

/** A record of another implementation: its bytes with their frame, and its schema. */
export function readGoldenJson(name: string): { readonly bytes: Buffer; readonly schema: RegisteredSchema } {
  const found = golden.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`There is no golden record ${name}.`);
  const imports = found.references.map((reference) => ({ name: reference, text: read(reference) }));
  return { bytes: Buffer.from(found.hex, 'hex'), schema: toJsonSchema(read(found.file), imports) };
}

/** Decodes a record with its frame. */
export function decodeJsonSchema(
  bytes: Buffer,
  schema: RegisteredSchema,
  shape: Partial<JsonSchemaShape> = {},
): SchemaAndValue {
  return compileJsonSchema({ ...defaultJsonSchemaShape, ...shape })(schema)({ bytes, offset: 5, isUnframed: false });
}
