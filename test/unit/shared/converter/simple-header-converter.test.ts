import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHeaderText } from '../../../../shared/converter/header-text.ts';
import { createSimpleHeaderConverter } from '../../../../shared/converter/simple-header-converter.ts';
import type { Schema } from '../../../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../../../shared/data/value.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

interface Golden {
  readonly text: string;
  readonly schema: GoldenSchema | null;
  readonly value: unknown;
}
interface GoldenSchema {
  readonly type: string;
  readonly name?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly keys?: GoldenSchema | null;
  readonly values?: GoldenSchema | null;
}

const fixture = new URL('../../../fixtures/converter/connect/simple-headers.jsonl', import.meta.url);
const goldens = readFileSync(fixture, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Golden);

/** Where Connect drops the end of a text, rounds a number, or rolls a date over. */
const better: Readonly<Record<string, readonly [type: string, value: unknown]>> = {
  '1,2': ['string', '1,2'],
  '1:2': ['string', '1:2'],
  '12:34': ['string', '12:34'],
  '12:34:56': ['string', '12:34:56'],
  '1]': ['string', '1]'],
  '[1]x': ['string', '[1]x'],
  '[]]': ['string', '[]]'],
  '2024-13-45': ['string', '2024-13-45'],
  '3.14159265358979': ['float64', '3.14159265358979'],
  '12345.678901': ['float64', '12345.678901'],
  '1e30': ['bytes', `1${'0'.repeat(30)}`],
};

test('a header means what Connect infers of its text, but for what Connect would lose', () => {
  assert.ok(goldens.length > 100);
  for (const { text, schema, value } of goldens) {
    const parsed = parseHeaderText(text);
    if (text in better) {
      assert.deepEqual([typeName(parsed.schema), show(parsed.value, parsed.schema)], better[text], text);
      continue;
    }
    assert.deepEqual(showSchema(parsed.schema), plainSchema(schema), text);
    assert.deepEqual(show(parsed.value, parsed.schema), plainValue(value), text);
  }
});

test('a fraction keeps every digit', () => {
  assert.deepEqual(parseHeaderText('0.1').value, 0.1);
  assert.deepEqual(
    parseHeaderText('123456789.123456789012345678').value,
    new ExactNumber('123456789.123456789012345678'),
  );
  assert.deepEqual(parseHeaderText('123456789.1230').schema?.type, 'double');
  assert.equal(parseHeaderText('1e-5000').schema?.parameters?.scale, '5000');
});

test('bytes that are no text stay bytes, and what is nested too deeply stays text', () => {
  const { decode } = createSimpleHeaderConverter();
  const record = toEventRecord({ topic: 't', partition: 0, offset: 0, value: null });
  const bytes = Buffer.from([0xff, 0xfe]);
  assert.deepEqual(decode(bytes, record, true), { schema: { type: 'bytes', optional: false }, value: bytes });
  const deep = '['.repeat(100_000);
  assert.equal(decode(Buffer.from(deep), record, true).value, deep);
});

test('no text crashes the parser', () => {
  const texts = fc.string({ unit: fc.constantFrom(...'[]{}:,"\\0123456789.-+eE TZnulltrue é\u0000'), maxLength: 60 });
  fc.assert(
    fc.property(texts, (text) => {
      const { schema, value } = parseHeaderText(text);
      assert.ok(value !== undefined);
      if (schema?.type === 'string') assert.equal(value, text);
    }),
    { numRuns: 3_000 },
  );
});

function typeName(schema: Schema | null): string {
  const { type } = schema ?? { type: 'none' };
  return type === 'float' ? 'float32' : type === 'double' ? 'float64' : type;
}

function showSchema(schema: Schema | null | undefined): unknown {
  if (schema == null) return null;
  const { name, parameters, keys, values } = schema;
  return {
    type: typeName(schema),
    ...(name && { name }),
    ...(parameters && { parameters: parameters.scale === '0' ? parameters : {} }),
    ...(values && { values: showSchema(values) }),
    ...(keys && { keys: showSchema(keys) }),
  };
}

/** Containers whose elements have no common type have no schema here. Scales below 0 are 0 here. */
function plainSchema(schema: GoldenSchema | null | undefined): unknown {
  if (schema == null) return null;
  if ('values' in schema && schema.values === null) return null;
  const { type, name, parameters, keys, values } = schema;
  return {
    type,
    ...(name && { name }),
    ...(parameters && { parameters: { scale: String(Math.max(0, Number(parameters.scale))) } }),
    ...(values && { values: plainSchema(values) }),
    ...(keys && { keys: plainSchema(keys) }),
  };
}

function show(value: Value, schema?: Schema | null): unknown {
  if (value === null) return null;
  if (schema?.name?.endsWith('.Date')) return new Date(Number(value) * 86_400_000).toISOString().replace('.000Z', 'Z');
  if (schema?.name?.endsWith('.Time') || schema?.name?.endsWith('.Timestamp')) {
    return new Date(Number(value)).toISOString().replace('.000Z', 'Z');
  }
  if (Array.isArray(value)) return value.map((one) => show(one, schema?.values));
  if (value instanceof ExactNumber) return value.source;
  if (value instanceof Map) return { map: [...value].map(([key, one]) => [show(key), show(one)]) };
  if (typeof value === 'object') return { map: Object.entries(value).map(([key, one]) => [key, show(one)]) };
  return String(value);
}

/** Java prints floats with a point. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'string') return /^-?\d+\.0$/.test(value) ? value.slice(0, -2) : value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object' || value === null) return value;
  return { map: ((value as { map: unknown[][] }).map ?? []).map((entry) => entry.map(plainValue)) };
}
