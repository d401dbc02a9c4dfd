import { NoJsonForm, toFloatText, toJsonText } from '../data/json-form.ts';
import { type LogicalType, logicalTypeOf, toUuidText } from '../data/logical-type.ts';
import { fieldSchema, type Schema } from '../data/schema.ts';
import { ExactNumber, isFields, type Value } from '../data/value.ts';
import { invalid } from './bind-error.ts';
import {
  misfit,
  structureTypes,
  toArrayText,
  toExtensionText,
  toHstoreText,
  toJsonColumnText,
  toRowText,
} from './bind-structure.ts';
import { compileTemporal } from './bind-temporal.ts';
import { bindLossless } from './bind-value.ts';
import { isTimeColumn } from './epoch-value.ts';
import { elementOf, type TargetColumn } from './target-table.ts';

/**
 * Gives the text form in which PostgreSQL reads a value as the column's type; null for null.
 *
 * @throws SluiceError `VALUE_OUT_OF_RANGE` or `VALUE_INVALID` with the column's name and type
 */
export type Bind = (value: Value) => string | null;

/**
 * How values under a schema are bound to a column. The column decides: what the schema means is turned into the column's
 * type where PostgreSQL would do so too; integers that stand for times keep their number in columns of numbers; what has
 * no schema of a known name follows the rules of {@link bindValue}.
 */
export function compileBinding(schema: Schema, column: TargetColumn): Bind {
  const bind = compilePresent(schema, column);
  return (value) => (value === null ? null : bind(value));
}

type BindPresent = (value: Value) => string | null;

function compilePresent(schema: Schema, column: TargetColumn): BindPresent {
  const logical = logicalTypeOf(schema);
  if (column.isArray) return compileArray(schema, column, logical);
  if (column.attributes !== undefined && schema.type === 'struct') return compileRow(schema, column);
  if (isTimeColumn(column)) return compileTemporal(logical, column);
  switch (column.baseType) {
    case 'json':
    case 'jsonb':
      return compileJson(schema, column, logical);
    case 'hstore':
      return compileHstore(schema, column);
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid':
    case 'numeric':
    case 'money':
    case 'float4':
    case 'float8':
      return compileNumber(schema, column, logical);
    case 'bool':
      return (value) => bindBoolean(toBits(value, logical) ?? value, column);
    case 'bit':
    case 'varbit':
      return (value) => bindBits(toBits(value, logical) ?? value, column);
    case 'uuid':
      return (value) => bindLossless(Buffer.isBuffer(value) ? (toUuidText(value) ?? value) : value, column);
    case 'bytea':
      return compileBytes(column, logical);
    default:
      return compileText(schema, column, logical);
  }
}

/** Elements by the schema of the elements; the sets of MySQL are split at their commas. */
function compileArray(schema: Schema, column: TargetColumn, logical: LogicalType | undefined): BindPresent {
  const element = elementOf(column);
  let inner = schema.values;
  // Arrays in arrays are further dimensions.
  for (let depth = 0; inner?.type === 'array' && depth < 6; depth++) inner = inner.values;
  const bind = inner === undefined ? undefined : compileBinding(inner, element);
  return (value) => {
    if (Array.isArray(value)) return toArrayText(value, column, bind ?? ((one) => bindLossless(one, element)));
    if (typeof value !== 'string') throw misfit(value, column);
    if (logical?.kind !== 'enumset') return bindLossless(value, column);
    return toArrayText(value === '' ? [] : value.split(','), column, (one) => bindLossless(one, element));
  };
}

function compileRow(schema: Schema, column: TargetColumn): BindPresent {
  const binds = new Map<string, Bind>();
  const bindAttribute = (value: Value, attribute: TargetColumn, name: string): string | null => {
    let bind = binds.get(name);
    if (bind === undefined) {
      const field = fieldSchema(schema, name);
      bind = field === undefined ? (one) => bindLossless(one, attribute) : compileBinding(field, attribute);
      binds.set(name, bind);
    }
    return bind(value);
  };
  return (value) => {
    if (!isFields(value)) return bindLossless(value, column);
    return toRowText(value, column, bindAttribute);
  };
}

/** A document as it is, any other text as JSON text if it is some, else as a JSON string. */
function compileJson(schema: Schema, column: TargetColumn, logical: LogicalType | undefined): BindPresent {
  if (schema.type === 'string' && (logical === undefined || logical.kind === 'json')) {
    return (value) => bindLossless(value, column);
  }
  return (value) => toJsonColumnText(toJson(value, schema, column), column);
}

function compileHstore(schema: Schema, column: TargetColumn): BindPresent {
  return (value) => {
    if (typeof value === 'string') return value.trimStart().startsWith('{') ? bindHstoreJson(value, column) : value;
    const entries = value instanceof Map ? [...value] : isFields(value) ? Object.entries(value) : undefined;
    if (entries === undefined) throw invalid(column, 'it is neither a map nor a text');
    const valueSchema = (name: Value) =>
      schema.type === 'map' ? schema.values : fieldSchema(schema, typeof name === 'string' ? name : '');
    return bindLossless(
      toHstoreText(
        entries.map(([key, one]) => {
          if (typeof key === 'object') throw invalid(column, 'a key of it is no text');
          return [String(key), one === null ? null : toPlainText(one, valueSchema(key), column)] as const;
        }),
      ),
      column,
    );
  };
}

function bindHstoreJson(text: string, column: TargetColumn): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bindLossless(text, column);
  }
  return bindLossless(value as Value, column);
}

function compileNumber(schema: Schema, column: TargetColumn, logical: LogicalType | undefined): BindPresent {
  const isWidened = schema.type === 'float' && column.baseType !== 'float4' && column.baseType !== 'float8';
  return (value) => {
    if (typeof value === 'boolean') throw invalid(column, 'a boolean does not fit its type');
    if (isWidened && typeof value === 'number' && !Number.isInteger(value)) return toFloatText(value);
    if (logical?.kind === 'decimal') return bindLossless(new ExactNumber(textOf(value, logical, column)), column);
    const bits = toBits(value, logical);
    return bindLossless(bits === undefined ? value : BigInt(`0b${bits}`), column);
  };
}

/** The bits of Debezium's Bits; undefined for another value. */
function toBits(value: Value, logical: LogicalType | undefined): string | undefined {
  return logical?.kind === 'bits' ? logical.toText(value) : undefined;
}

function bindBoolean(value: Value, column: TargetColumn): string | null {
  if (typeof value === 'number' && value !== 0 && value !== 1) throw invalid(column, 'only 0 and 1 are booleans');
  return bindLossless(value, column);
}

/** Debezium keeps no zeros in front of bits whose column has no length; `bit(n)` has exactly n. */
function bindBits(value: Value, column: TargetColumn): string | null {
  const bits = typeof value === 'boolean' ? (value ? '1' : '0') : value;
  if (typeof bits !== 'string' || column.baseType !== 'bit' || column.typeModifier < 1) {
    return bindLossless(bits, column);
  }
  const significant = bits.replace(/^0+(?=.)/, '');
  return bindLossless(significant.padStart(column.typeModifier, '0'), column);
}

function compileBytes(column: TargetColumn, logical: LogicalType | undefined): BindPresent {
  return (value) => {
    if (logical?.kind !== 'uuid' || typeof value !== 'string') return bindLossless(value, column);
    return bindLossless(Buffer.from(value.replaceAll('-', ''), 'hex'), column);
  };
}

/** Texts, and every type that PostgreSQL reads from the text that the value means. */
function compileText(schema: Schema, column: TargetColumn, logical: LogicalType | undefined): BindPresent {
  const { baseType } = column;
  const takesJson = textTypes.has(baseType);
  const takesStructures = structureTypes.has(baseType);
  return (value) => {
    if (takesStructures && typeof value === 'object' && !Buffer.isBuffer(value)) {
      const text = toExtensionText(value, baseType);
      if (text === undefined) throw misfit(value, column);
      return text;
    }
    if (logical !== undefined) return bindLossless(textOf(value, logical, column), column);
    if (typeof value !== 'object' || value === null) {
      return bindLossless(schema.type === 'float' && typeof value === 'number' ? toFloatText(value) : value, column);
    }
    if (Buffer.isBuffer(value)) return bindWellKnownBinary(value, column);
    const isStructure = isFields(value) || Array.isArray(value) || value instanceof Map;
    if (!isStructure) return bindLossless(value, column);
    if (!takesJson) throw misfit(value, column);
    return bindLossless(toJson(value, schema, column), column);
  };
}

const textTypes: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'citext', 'name']);

function bindWellKnownBinary(value: Buffer, column: TargetColumn): string | null {
  const isPostgis = column.baseType === 'geometry' || column.baseType === 'geography';
  return isPostgis ? value.toString('hex') : bindLossless(value, column);
}

function toPlainText(value: Value, schema: Schema | undefined, column: TargetColumn): string {
  const logical = schema && logicalTypeOf(schema);
  if (logical !== undefined) return textOf(value, logical, column);
  if (typeof value === 'string') return value;
  const text = toJson(value, schema, column);
  return text.startsWith('"') ? JSON.parse(text) : text;
}

function toJson(value: Value, schema: Schema | undefined, column: TargetColumn): string {
  try {
    return toJsonText(value, schema);
  } catch (error) {
    if (error instanceof NoJsonForm) throw invalid(column, error.message);
    throw error;
  }
}

function textOf(value: Value, logical: LogicalType, column: TargetColumn): string {
  const text = logical.toText(value);
  if (text === undefined) throw invalid(column, 'the value is none of its schema');
  return text;
}
