import { Buffer } from 'node:buffer';
import type { Field, Schema, SchemaAndValue, SchemaType } from '../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../shared/data/value.ts';

/** A schema as Connect's JsonConverter writes it. */
interface JsonSchema {
  readonly type: SchemaType;
  readonly optional?: boolean;
  readonly name?: string;
  readonly version?: number;
  readonly doc?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly default?: unknown;
  readonly field?: string;
  readonly fields?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly keys?: JsonSchema;
  readonly values?: JsonSchema;
}

/** What JsonConverter writes for a value with a schema, or one that has none; null for null without. */
export type ConnectJson = { readonly schema: JsonSchema | null; readonly payload: unknown } | null;

/** Parses JSON, integers beyond 2^53 as bigint. */
export function parseExactJson(text: string): unknown {
  const revive = (_name: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && /^-?\d{16,}$/.test(context?.source ?? '') && !Number.isSafeInteger(value)
      ? BigInt(context!.source!)
      : value;
  return JSON.parse(text, revive as (name: string, value: unknown) => unknown);
}

/** Data from the JSON of JsonConverter; the same written schema object gives the same schema. */
export function fromConnectJson(json: ConnectJson): SchemaAndValue {
  if (json === null) return { schema: null, value: null };
  const schema = json.schema === null ? null : toSchema(json.schema);
  return { schema, value: toValue(schema, json.payload) };
}

const known = new WeakMap<JsonSchema, Schema>();

function toSchema(json: JsonSchema): Schema {
  const before = known.get(json);
  if (before !== undefined) return before;
  const { type, optional = false, name, version, doc, parameters, fields, items, keys, values } = json;
  const elements = items ?? values;
  const schema: Schema = {
    type,
    optional,
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(doc !== undefined && { doc }),
    ...(parameters !== undefined && { parameters }),
    ...(fields && { fields: fields.map((field): Field => ({ name: field.field!, schema: toSchema(field) })) }),
    ...(keys && { keys: toSchema(keys) }),
    ...(elements && { values: toSchema(elements) }),
  };
  const complete =
    json.default === undefined || json.default === null
      ? schema
      : { ...schema, default: toValue(schema, json.default) };
  known.set(json, complete);
  return complete;
}

function toValue(schema: Schema | null, json: unknown): Value {
  if (json === null || json === undefined || schema === null) return (json ?? null) as Value;
  switch (schema.type) {
    case 'bytes': {
      const bytes = Buffer.from(json as string, 'base64');
      return schema.name === 'org.apache.kafka.connect.data.Decimal' ? toDecimal(bytes, schema) : bytes;
    }
    case 'float':
      return Math.fround(toDouble(json));
    case 'double':
      return toDouble(json);
    case 'array':
      return (json as unknown[]).map((element) => toValue(schema.values ?? null, element));
    case 'map':
      return toMap(schema, json);
    case 'struct': {
      const given = json as Record<string, unknown>;
      return Object.fromEntries(schema.fields!.map(({ name, schema: of }) => [name, toValue(of, given[name])]));
    }
    default:
      return json as Value;
  }
}

function toDouble(json: unknown): number {
  return Number(json);
}

function toMap(schema: Schema, json: unknown): Value {
  if (!Array.isArray(json)) {
    const entries = Object.entries(json as object).map(([name, value]) => [
      name,
      toValue(schema.values ?? null, value),
    ]);
    return Object.fromEntries(entries) as Value;
  }
  return new Map(
    (json as [unknown, unknown][]).map(([key, value]) => [toValue(schema.keys!, key), toValue(schema.values!, value)]),
  );
}

function toDecimal(bytes: Buffer, schema: Schema): ExactNumber {
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex') || '0'}`));
  const scale = Number(schema.parameters?.scale ?? 0);
  const digits = String(unscaled < 0n ? -unscaled : unscaled);
  const sign = unscaled < 0n ? '-' : '';
  if (scale <= 0) return new ExactNumber(sign + (unscaled === 0n ? '0' : digits + '0'.repeat(-scale)));
  const padded = digits.padStart(scale + 1, '0');
  return new ExactNumber(`${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`);
}
