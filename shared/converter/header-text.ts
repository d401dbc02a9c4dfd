import type { Schema, SchemaAndValue } from '../data/schema.ts';
import type { Value } from '../data/value.ts';
import { parseHeaderNumber, schemaOf } from './header-number.ts';
import { arraySchema, commonSchema, mapSchema } from './header-schema.ts';
import { parseHeaderTemporal } from './header-temporal.ts';

/** Deeper arrays and maps are text. */
const maxDepth = 100;

const nothing: SchemaAndValue = { schema: null, value: null };
const literals: ReadonlyMap<string, SchemaAndValue> = new Map([
  ['null', nothing],
  ['true', { schema: schemaOf('boolean'), value: true }],
  ['false', { schema: schemaOf('boolean'), value: false }],
]);

/**
 * What a text is, as Kafka Connect's SimpleHeaderConverter infers it: null, a truth value, a date, time or timestamp, a
 * number, an array or a map of such; else the text itself. Elements without a common type make an array without schema.
 *
 * Connect drops what follows a value (`12:34` is 12 for it, `1,2` is 1); here such a text is a text.
 *
 * Source: Apache Kafka, `connect/api/.../data/Values.java` (parseString).
 */
export function parseHeaderText(text: string): SchemaAndValue {
  const trimmed = text.trim();
  const scalar = literals.get(trimmed) ?? parseHeaderTemporal(trimmed) ?? parseHeaderNumber(trimmed);
  if (scalar !== undefined) return scalar;
  if (trimmed.startsWith('[') || trimmed.startsWith('{')) {
    const parser = new EmbeddedParser(trimmed);
    const parsed = parser.parse(0);
    if (parsed !== undefined && parser.isAtEnd) return parsed;
  }
  return { schema: schemaOf('string'), value: text };
}

/** Parses arrays and maps; every method answers undefined for what is none. */
class EmbeddedParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  parse(depth: number): SchemaAndValue | undefined {
    if (depth > maxDepth) return undefined;
    if (this.#consume('"')) return this.#parseQuoted();
    if (this.#consume('[')) return this.#parseArray(depth);
    if (this.#consume('{')) return this.#parseMap(depth);
    // Times have colons, which end every other token.
    const [clock] = this.#match(/(?:\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d\.\d{3}Z/y) ?? [];
    const token = clock ?? this.#match(/(?:\\.|[^:,{}[\]"\\])+/sy)?.[0].trim();
    if (token === undefined || token === '') return undefined;
    return literals.get(token) ?? parseHeaderTemporal(token) ?? parseHeaderNumber(token);
  }

  #parseQuoted(): SchemaAndValue | undefined {
    const [content] = this.#match(/(?:\\.|[^"\\])*/sy) ?? [''];
    if (!this.#consume('"', false)) return undefined;
    return parseHeaderTemporal(content) ?? { schema: schemaOf('string'), value: content };
  }

  #parseArray(depth: number): SchemaAndValue | undefined {
    const elements: SchemaAndValue[] = [];
    while (!this.#consume(']')) {
      const element = this.parse(depth + 1);
      if (element === undefined) return undefined;
      elements.push(element);
      if (!this.#consume(',') && !this.#isNext(']')) return undefined;
    }
    const common = commonSchema(elements);
    if (common === 'null among others') return undefined;
    return { schema: common && arraySchema(common), value: elements.map(({ value }) => value) };
  }

  #parseMap(depth: number): SchemaAndValue | undefined {
    const keys: SchemaAndValue[] = [];
    const values: SchemaAndValue[] = [];
    while (!this.#consume('}')) {
      const key = this.parse(depth + 1);
      if (key === undefined || key.value === null || !this.#consume(':')) return undefined;
      const value = this.parse(depth + 1);
      if (value === undefined) return undefined;
      keys.push(key);
      values.push(value);
      this.#consume(',');
    }
    const keySchema = commonSchema(keys);
    const valueSchema = commonSchema(values);
    if (keySchema === 'null among others' || valueSchema === 'null among others') return undefined;
    const schema = keySchema && valueSchema && mapSchema(keySchema, valueSchema);
    return { schema, value: toMap(keySchema, keys, values) };
  }

  #consume(expected: string, afterSpace = true): boolean {
    if (!this.#isNext(expected, afterSpace)) return false;
    this.#at++;
    return true;
  }

  #isNext(expected: string, afterSpace = true): boolean {
    while (afterSpace && /\s/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#text[this.#at] === expected;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }
}

function toMap(keySchema: Schema | null, keys: readonly SchemaAndValue[], values: readonly SchemaAndValue[]): Value {
  const entries = keys.map(({ value }, index): [Value, Value] => [value, values[index]!.value]);
  const areNames = keys.every(({ value }) => typeof value === 'string');
  if (areNames && (keySchema === null || keySchema.type === 'string')) {
    return Object.fromEntries(entries as [string, Value][]);
  }
  return new Map(entries);
}
