import { readFileSync } from 'node:fs';
import { compileProtobuf } from '../../shared/converter/protobuf-body.ts';
import type { ProtobufShape } from '../../shared/converter/protobuf-schema.ts';
import type { ImportedSchema, RegisteredSchema } from '../../shared/converter/registry/schema-source.ts';
import type { SchemaAndValue } from '../../shared/data/schema.ts';

const folder = new URL('../fixtures/converter/protobuf/', import.meta.url);

/** The defaults of Confluent's ProtobufConverter, with values to the last digit. */
export const defaultShape: ProtobufShape = {
  enhancedSchemas: false,
  generalizedSumTypes: false,
  indexUnions: true,
  flattenUnions: false,
  intForEnums: false,
  optionalForNullables: false,
  optionalForProto2: true,
  wrapperForNullables: false,
  wrapperForRawPrimitives: true,
  generateStructForNulls: false,
  losslessTypes: true,
};

interface Golden {
  readonly name: string;
  readonly file: string;
  readonly hex: string;
}

const golden = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8')) as Golden[];

/** A schema as a registry gives it. */
export function toProtobufSchema(text: string, imports: readonly ImportedSchema[] = []): RegisteredSchema {
  return { reference: 1, registry: 'confluent', format: 'PROTOBUF', text, imports };
}

const registered = JSON.parse(readFileSync(new URL('registered.json', folder), 'utf8')) as Record<string, string>;

/** The schema of a golden record as its serializer registers it: descriptors in base64. */
export function readRegisteredDescriptor(name: string): RegisteredSchema {
  const { file } = findGolden(name);
  const names = readProtobufSchema(file).imports.map((imported) => imported.name);
  return toProtobufSchema(
    registered[file]!,
    names.map((imported) => ({ name: imported, text: registered[imported]! })),
  );
}

/** Names of all golden records. */
export const goldenNames: readonly string[] = golden.map(({ name }) => name);

/** A file of the fixtures with the files that it imports of them. */
export function readProtobufSchema(file: string): RegisteredSchema {
  const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
  const names = file === 'importing.proto' ? ['shop/address.proto', 'shop/customer.proto'] : [];
  return toProtobufSchema(
    read(file),
    names.map((name) => ({ name, text: read(name) })),
  );
}

/** A record of another implementation: its bytes with their frame, and its schema. */
export function readGoldenProtobuf(name: string): { readonly bytes: Buffer; readonly schema: RegisteredSchema } {
  const found = findGolden(name);
  return { bytes: Buffer.from(found.hex, 'hex'), schema: readProtobufSchema(found.file) };
}

function findGolden(name: string): Golden {
  const found = golden.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`There is no golden record ${name}.`);
  return found;
}

/** Decodes a record with its frame. */
export function decodeProtobuf(
  bytes: Buffer,
  schema: RegisteredSchema,
  shape: Partial<ProtobufShape> = {},
): SchemaAndValue {
  return compileProtobuf({ ...defaultShape, ...shape })(schema)({ bytes, offset: 5, isUnframed: false });
}
