import { unreadable } from './unreadable.ts';

/** Attributes of a schema that Avro does not know, such as `connect.name`; as JSON gives them, long integers as bigint. */
export type AvroProps = Readonly<Record<string, unknown>>;

/** The types without parts. */
export type AvroPrimitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';

interface Named {
  /** Full name. */
  readonly name: string;
  /** Full names by which older or newer schemas know it. */
  readonly aliases: readonly string[];
  readonly props: AvroProps;
}

/** A field of a record. */
export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  /** As JSON; absent: none. */
  readonly default?: unknown;
  readonly aliases: readonly string[];
  readonly props: AvroProps;
}

export interface AvroRecord extends Named {
  readonly type: 'record';
  /** Complete once the schema is parsed: a record may hold itself. */
  readonly fields: readonly AvroField[];
}

export interface AvroEnum extends Named {
  readonly type: 'enum';
  readonly symbols: readonly string[];
  readonly default?: string;
}

export interface AvroFixed extends Named {
  readonly type: 'fixed';
  readonly size: number;
}

/** A parsed Avro schema: names are resolved, so that it may be cyclic. */
export type AvroType =
  | { readonly type: AvroPrimitive; readonly props: AvroProps }
  | { readonly type: 'array'; readonly items: AvroType; readonly props: AvroProps }
  | { readonly type: 'map'; readonly values: AvroType; readonly props: AvroProps }
  | { readonly type: 'union'; readonly branches: readonly AvroType[]; readonly props: AvroProps }
  | AvroRecord
  | AvroEnum
  | AvroFixed;

const primitives: readonly string[] = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];
const noProps: AvroProps = {};

/**
 * Parses a schema and those that it refers to, in their order. More lenient than Avro where that costs nothing: names need
 * not be identifiers, a name may be defined again, defaults are not looked at.
 *
 * @throws SluiceError `VALUE_UNREADABLE` for what is no Avro schema
 */
export function parseAvroSchema(text: string, imports: readonly { readonly text: string }[] = []): AvroType {
  const names = new Map<string, AvroType>();
  try {
    for (const each of imports) parseType(parseJson(each.text), '', names);
    return parseType(parseJson(text), '', names);
  } catch (error) {
    if (error instanceof RangeError) unreadable('The Avro schema is nested too deeply', error);
    throw error;
  }
}

function parseJson(text: string): unknown {
  if (primitives.includes(text.trim())) return text.trim();
  try {
    return JSON.parse(text, keepLongIntegers);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return unreadable('The Avro schema is not a JSON document');
  }
}

function keepLongIntegers(_name: string, value: unknown, context?: { source?: string }): unknown {
  const isExact = typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value);
  if (isExact || context?.source === undefined || !/^-?\d+$/.test(context.source)) return value;
  return BigInt(context.source);
}

function parseType(json: unknown, namespace: string, names: Map<string, AvroType>): AvroType {
  if (typeof json === 'string') return resolveName(json, namespace, names);
  if (Array.isArray(json)) return parseUnion(json, namespace, names);
  if (typeof json !== 'object' || json === null)
    return unreadable('A type of the Avro schema is neither name nor object');
  const props = json as Record<string, unknown>;
  switch (props.type) {
    case 'record':
    case 'error':
      return parseRecord(props, namespace, names);
    case 'enum': {
      const { symbols } = props;
      if (!Array.isArray(symbols) || !symbols.every((symbol) => typeof symbol === 'string')) {
        return unreadable('An enum of the Avro schema has no symbols');
      }
      const initial = typeof props.default === 'string' ? { default: props.default } : {};
      return define({ type: 'enum', ...parseName(props, namespace), symbols, ...initial, props }, names);
    }
    case 'fixed': {
      const { size } = props;
      if (!Number.isSafeInteger(size) || (size as number) < 0)
        return unreadable('A fixed of the Avro schema has no size');
      return define({ type: 'fixed', ...parseName(props, namespace), size: size as number, props }, names);
    }
    case 'array':
      return { type: 'array', items: parseType(props.items, namespace, names), props };
    case 'map':
      return { type: 'map', values: parseType(props.values, namespace, names), props };
    default: {
      // {"type": "string", "connect.name": …}, {"type": ["null", …]}, {"type": {"type": …}} or {"type": "a.defined.Name"}
      const inner = parseType(props.type, namespace, names);
      return isPrimitive(inner) && typeof props.type === 'string' ? { type: inner.type, props } : inner;
    }
  }
}

function isPrimitive(type: AvroType): type is { readonly type: AvroPrimitive; readonly props: AvroProps } {
  return primitives.includes(type.type);
}

function parseUnion(json: readonly unknown[], namespace: string, names: Map<string, AvroType>): AvroType {
  const branches = json.map((branch) => parseType(branch, namespace, names));
  if (branches.some(({ type }) => type === 'union')) unreadable('A union of the Avro schema holds another one');
  return { type: 'union', branches, props: noProps };
}

function parseRecord(json: Record<string, unknown>, outer: string, names: Map<string, AvroType>): AvroType {
  if (!Array.isArray(json.fields)) return unreadable('A record of the Avro schema has no fields');
  const fields: AvroField[] = [];
  const named = parseName(json, outer);
  const record: AvroType = define({ type: 'record', ...named, fields, props: json }, names);
  const namespace = named.name.slice(0, Math.max(0, named.name.lastIndexOf('.')));
  const seen = new Set<string>();
  for (const field of json.fields as (Record<string, unknown> | null)[]) {
    const { name, aliases } = field ?? {};
    if (typeof name !== 'string' || seen.has(name)) {
      return unreadable(`The record ${named.name} of the Avro schema has a field without a name, or two of one name`);
    }
    seen.add(name);
    const type = parseType(field!.type, namespace, names);
    const initial = field!.default === undefined ? {} : { default: field!.default };
    fields.push({ name, type, ...initial, aliases: toTexts(aliases), props: field! });
  }
  return record;
}

function parseName(json: Record<string, unknown>, outer: string): { name: string; aliases: readonly string[] } {
  const { name, namespace = outer } = json;
  if (typeof name !== 'string' || name === '') return unreadable('A type of the Avro schema has no name');
  const own = typeof namespace === 'string' ? namespace : outer;
  const full = qualify(name, own);
  const aliasSpace = full.slice(0, Math.max(0, full.lastIndexOf('.')));
  return { name: full, aliases: toTexts(json.aliases).map((alias) => qualify(alias, aliasSpace)) };
}

function toTexts(json: unknown): readonly string[] {
  return Array.isArray(json) ? json.filter((each) => typeof each === 'string') : [];
}

function qualify(name: string, namespace: string): string {
  if (name.includes('.')) return name.replace(/^\./, '');
  return namespace === '' ? name : `${namespace}.${name}`;
}

function define<Type extends AvroRecord | AvroEnum | AvroFixed>(type: Type, names: Map<string, AvroType>): Type {
  names.set(type.name, type);
  return type;
}

function resolveName(name: string, namespace: string, names: Map<string, AvroType>): AvroType {
  if (primitives.includes(name)) return { type: name as AvroPrimitive, props: noProps };
  const found = names.get(qualify(name, namespace)) ?? names.get(name);
  return found ?? unreadable(`The Avro schema names the type ${name.slice(0, 200)}, which it does not define`);
}
