import type { Value } from './value.ts';

/** The types of Kafka Connect (`org.apache.kafka.connect.data.Schema.Type`), as JsonConverter spells them. */
export type SchemaType =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float'
  | 'double'
  | 'boolean'
  | 'string'
  | 'bytes'
  | 'array'
  | 'map'
  | 'struct';

/** The types of values without parts. */
export const scalarTypes: readonly string[] = [
  'int8',
  'int16',
  'int32',
  'int64',
  'float',
  'double',
  'boolean',
  'string',
  'bytes',
] satisfies SchemaType[];

/** A field of a struct. */
export interface Field {
  readonly name: string;
  readonly schema: Schema;
}

/**
 * What a value is: Kafka Connect's `Schema`. Converters give the same object for the same written schema, so that whoever
 * reads records may keep what it derived from one in a `WeakMap`. Immutable.
 *
 * Source: Kafka Connect, `org.apache.kafka.connect.data.ConnectSchema`.
 */
export interface Schema {
  readonly type: SchemaType;
  /** True: the value may be null. */
  readonly optional: boolean;
  /**
   * What the value means: a logical type of Connect (`org.apache.kafka.connect.data.Date`), a semantic type of Debezium
   * (`io.debezium.time.MicroTimestamp`), one of Avro that neither has (`timestamp-micros`), or the name of a struct.
   */
  readonly name?: string;
  readonly version?: number;
  readonly doc?: string;
  /** As `scale` of a Decimal, or `__debezium.source.column.type`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Absent: none. A default of null is none either, as in Connect. */
  readonly default?: Value;
  /** Of a struct, in the order of the schema. */
  readonly fields?: readonly Field[];
  /** Of a map. */
  readonly keys?: Schema;
  /** Of an array its elements, of a map its values. */
  readonly values?: Schema;
}

/** A value and its schema; null for a value whose format has none (plain JSON) or for a null without one. */
export interface SchemaAndValue {
  readonly schema: Schema | null;
  readonly value: Value;
}

/** The schema of a struct's field; undefined when it has none of that name, or is no struct. */
export function fieldSchema(schema: Schema | null | undefined, name: string): Schema | undefined {
  if (schema?.fields === undefined) return undefined;
  let byName = fieldsByName.get(schema);
  if (byName === undefined) {
    byName = new Map(schema.fields.map((field) => [field.name, field.schema]));
    fieldsByName.set(schema, byName);
  }
  return byName.get(name);
}

const fieldsByName = new WeakMap<Schema, ReadonlyMap<string, Schema>>();
