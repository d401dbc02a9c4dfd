import type protobuf from 'protobufjs';
import type { Schema } from '../data/schema.ts';
import type { ProtobufConverterSettings } from './converter-settings.ts';
import { toEntryName } from './protobuf-messages.ts';
import { scalars } from './protobuf-scalars.ts';

/** What a value is, but for its being optional. */
export type Description = Omit<Schema, 'optional'>;

/** The options of Confluent's ProtobufConverter, and one of Sluice's own. */
export type ProtobufShape = Omit<ProtobufConverterSettings, 'converter' | 'registry'>;

const namespace = 'io.confluent.connect.protobuf';

/** Confluent's names of parameters and structs, as its ProtobufData writes them. */
export const confluentNames = {
  tag: `${namespace}.Tag`,
  wrapper: `${namespace}.Wrapper`,
  union: `${namespace}.Union.`,
} as const;

const connectName = 'org.apache.kafka.connect.data';
const plainTypes: ReadonlySet<string> = new Set(['int32', 'int64', 'float', 'double', 'bool', 'string', 'bytes']);

/** Name of a message, an enum or a oneof as the schema bears it. */
export function nameOf({ name, fullName }: protobuf.ReflectionObject, { enhancedSchemas }: ProtobufShape): string {
  return enhancedSchemas ? fullName.slice(1) : name;
}

/** A scalar field. Integers that Connect has no type for say theirs in a parameter. */
export function describeScalar(type: string, meta: ReadonlyMap<string, string>): Description {
  const connectType = meta.get('connect.type');
  const isInt32 = scalars[type]!.type === 'int32';
  if (isInt32 && (connectType === 'int8' || connectType === 'int16')) return { type: connectType };
  const parameters = plainTypes.has(type) ? undefined : { [`${namespace}.Type`]: type };
  return { type: scalars[type]!.type, ...(parameters && { parameters }) };
}

/** An enum, whose parameters list its symbols with their numbers. */
export function describeEnum(type: protobuf.Enum, shape: ProtobufShape): Description {
  const parameter = shape.generalizedSumTypes ? `${connectName}.Enum` : `${namespace}.Enum`;
  const symbols = Object.entries(type.values).map(([symbol, number]) => [`${parameter}.${symbol}`, String(number)]);
  return {
    type: shape.intForEnums ? 'int32' : 'string',
    name: nameOf(type, shape),
    parameters: { [parameter]: type.name, ...Object.fromEntries(symbols) },
  };
}

/** The struct of a oneof, without its fields. */
export function describeUnion(oneof: protobuf.OneOf, shape: ProtobufShape): Description {
  if (!shape.generalizedSumTypes) return { type: 'struct', name: confluentNames.union + nameOf(oneof, shape) };
  return { type: 'struct', name: oneof.name, parameters: { [`${connectName}.Union`]: oneof.name } };
}

/** `params` of the option `confluent.field_meta` of a field, and its `doc`. */
function readFieldMeta({ parsedOptions }: protobuf.Field): ReadonlyMap<string, string> & { doc?: string } {
  const found = new Map<string, string>() as Map<string, string> & { doc?: string };
  for (const options of parsedOptions ?? []) {
    const meta: unknown = options['(confluent.field_meta)'] ?? options['(.confluent.field_meta)'];
    if (typeof meta !== 'object' || meta === null) continue;
    const { doc, params } = meta as { doc?: unknown; params?: unknown };
    if (typeof doc === 'string') found.doc = doc;
    for (const entry of [params ?? []].flat() as { key?: unknown; value?: unknown }[]) {
      if (typeof entry.key === 'string' && entry.value !== undefined) found.set(entry.key, String(entry.value));
    }
  }
  return found;
}

/** The parameters of a field that its metadata adds, without those that its schema shows otherwise. */
function metaParameters(meta: ReadonlyMap<string, string>): Record<string, string> {
  const shown = new Set(['connect.type', 'connect.version', 'precision', 'scale']);
  return Object.fromEntries([...meta].filter(([name]) => !shown.has(name)));
}

/** Describes a field, with what its metadata adds. */
export function withMeta(
  field: protobuf.Field,
  describe: (meta: ReadonlyMap<string, string>) => Description,
): Description {
  const meta = readFieldMeta(field);
  const described = describe(meta);
  const version = Number(meta.get('connect.version') ?? Number.NaN);
  const parameters = { ...described.parameters, ...metaParameters(meta) };
  return {
    ...described,
    ...(Number.isInteger(version) && { version }),
    ...(meta.doc !== undefined && { doc: meta.doc }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
}

/** The schema of a field of this description. */
export function toFieldSchema(
  { id }: Pick<protobuf.Field, 'id'>,
  description: Description,
  optional: boolean,
  more: Readonly<Record<string, string>> = {},
): Schema {
  return {
    ...description,
    optional,
    parameters: { ...description.parameters, [confluentNames.tag]: String(id), ...more },
  };
}

/** Confluent's name of a map: that of its field, by way of its entry's. */
export function nameOfMap(field: protobuf.Field, { enhancedSchemas }: ProtobufShape): string {
  const stem = toEntryName(field.name).slice(0, -'Entry'.length);
  const name = stem.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? '' : '_'}${letter.toLowerCase()}`);
  return enhancedSchemas ? `${field.parent!.fullName.slice(1)}.${name}` : name;
}
