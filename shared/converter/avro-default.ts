import { toDecimalText } from '../data/exact-decimal.ts';
import { toUuidText } from '../data/logical-type.ts';
import { ExactNumber, type Value } from '../data/value.ts';
import { toLogicalType } from './avro-logical-type.ts';
import type { AvroType } from './avro-schema.ts';
import { type AvroUnionOptions, toUnionShape, toUnionValue } from './avro-union.ts';

/** Larger and deeper defaults are none: a recursive record whose field is its own default has no end. */
const limits = { depth: 32, values: 10_000 };

/**
 * The value that a default in JSON stands for, in the form in which values are read; undefined for one that does not fit
 * the type, which Confluent's converter ignores as well. Bytes are text of Latin-1 characters, a union's default is of its
 * first branch that fits.
 *
 * Source: Avro specification, "Complex Types", default values; Confluent, `AvroData.defaultValueFromAvro`.
 */
export function toAvroDefault(type: AvroType, json: unknown, options: AvroUnionOptions): Value | undefined {
  return toValue(type, json, options, { depth: 0, count: { values: 0 } });
}

function toValue(
  type: AvroType,
  json: unknown,
  options: AvroUnionOptions,
  { depth, count }: { readonly depth: number; readonly count: { values: number } },
): Value | undefined {
  if (json === undefined || depth > limits.depth || count.values++ > limits.values) return undefined;
  const below = (inner: AvroType, part: unknown) => toValue(inner, part, options, { depth: depth + 1, count });
  switch (type.type) {
    case 'null':
      return json === null ? null : undefined;
    case 'boolean':
      return typeof json === 'boolean' ? json : undefined;
    case 'int':
      return Number.isInteger(json) && Math.abs(json as number) <= 2 ** 31 ? (json as number) : undefined;
    case 'long':
      return typeof json === 'bigint' || Number.isInteger(json) ? (json as number | bigint) : undefined;
    case 'float':
    case 'double':
      return typeof json === 'number' || typeof json === 'bigint' ? Number(json) : undefined;
    case 'string':
      return typeof json === 'string' ? json : undefined;
    case 'enum':
      return typeof json === 'string' && type.symbols.includes(json) ? json : undefined;
    case 'bytes':
    case 'fixed': {
      if (typeof json !== 'string') return undefined;
      const bytes = Buffer.from(json, 'latin1');
      return type.type === 'fixed' && bytes.length !== type.size ? undefined : fromBytes(type, bytes);
    }
    case 'array': {
      if (!Array.isArray(json)) return undefined;
      const items = json.map((item) => below(type.items, item));
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case 'map':
    case 'record':
      return typeof json === 'object' && json !== null
        ? toMembers(type, json as Record<string, unknown>, below)
        : undefined;
    case 'union': {
      const shape = toUnionShape(type.branches, options);
      for (const [index, branch] of type.branches.entries()) {
        const value = below(branch, json);
        if (value !== undefined) return toUnionValue(shape, index)(value);
      }
      return undefined;
    }
  }
}

function toMembers(
  type: Extract<AvroType, { type: 'map' | 'record' }>,
  json: Record<string, unknown>,
  below: (inner: AvroType, part: unknown) => Value | undefined,
): Value | undefined {
  const members: [string, Value | undefined][] =
    type.type === 'map'
      ? Object.entries(json).map(([name, part]) => [name, below(type.values, part)])
      : type.fields.map(({ name, type: inner, default: initial }) => [
          name,
          below(inner, Object.hasOwn(json, name) ? json[name] : initial),
        ]);
  if (members.some(([, value]) => value === undefined)) return undefined;
  return Object.fromEntries(members) as Record<string, Value>;
}

function fromBytes(type: AvroType, bytes: Buffer): Value | undefined {
  const { reading, scale = 0 } = toLogicalType(type);
  if (reading === 'uuid-bytes') return toUuidText(bytes);
  if (reading !== 'decimal') return reading === 'plain' ? bytes : undefined;
  const digits = toDecimalText(bytes, scale);
  return digits === undefined ? undefined : new ExactNumber(digits);
}
