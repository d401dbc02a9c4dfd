import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { compileAvro } from '../../../../shared/converter/avro-converter.ts';
import type { AvroConverterSettings } from '../../../../shared/converter/converter-settings.ts';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/converter/avro/golden.json', import.meta.url), 'utf8'),
) as { readonly schema: unknown; readonly bytes: string; readonly imports?: { name: string; schema: unknown }[] }[];

const settings = { enhancedSchemas: true, flattenSingletonUnions: true } as AvroConverterSettings;
/** Far above what a record of a hundred bytes takes, on a busy machine too. */
const longestMs = 2_000;

/** Anything but a value or a data error fails the property. */
function readOrRefuse(text: string, imports: readonly { name: string; schema: unknown }[], bytes: Buffer): void {
  const startedAt = performance.now();
  try {
    const texts = imports.map(({ name, schema }) => ({ name, text: JSON.stringify(schema) }));
    const schema = { reference: 1, registry: 'confluent', format: 'AVRO', text, imports: texts } as const;
    compileAvro(schema, settings)({ bytes, offset: 0, isUnframed: false });
  } catch (error) {
    if (!isSluiceError(error, 'data')) throw error;
    assert.doesNotMatch(error.message, /undefined|NaN/);
  }
  assert.ok(performance.now() - startedAt < longestMs);
}

const change = fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.constantFrom('set', 'cut', 'insert', 'repeat') });

function mutate(bytes: Buffer, changes: readonly { at: number; byte: number; kind: string }[]): Buffer {
  return changes.reduce((mutated, { at, byte, kind }) => {
    const place = mutated.length === 0 ? 0 : at % mutated.length;
    const [head, tail] = [mutated.subarray(0, place), mutated.subarray(place)];
    if (kind === 'cut') return head;
    if (kind === 'repeat') return Buffer.concat([head, tail, tail]);
    return Buffer.concat([head, Buffer.from([byte]), kind === 'set' ? tail.subarray(1) : tail]);
  }, bytes);
}

test('mutated and cut records end in a value or a data error, soon', () => {
  fc.assert(
    fc.property(fc.constantFrom(...golden), fc.array(change, { minLength: 1, maxLength: 6 }), (record, changes) => {
      const body = Buffer.from(record.bytes, 'hex').subarray(5);
      readOrRefuse(JSON.stringify(record.schema), record.imports ?? [], mutate(body, changes));
    }),
    { numRuns: 3_000 },
  );
});

test('mutated schemas end in a value or a data error, soon', () => {
  fc.assert(
    fc.property(fc.constantFrom(...golden), fc.array(change, { minLength: 1, maxLength: 4 }), (record, changes) => {
      const text = mutate(Buffer.from(JSON.stringify(record.schema)), changes).toString();
      readOrRefuse(text, record.imports ?? [], Buffer.from(record.bytes, 'hex').subarray(5));
    }),
    { numRuns: 3_000 },
  );
});

test('records of one schema are read as of any other: a value or a data error, soon', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...golden),
      fc.constantFrom(...golden),
      fc.uint8Array({ maxLength: 200 }),
      (one, other, tail) => {
        const body = Buffer.concat([Buffer.from(other.bytes, 'hex').subarray(5), tail]);
        readOrRefuse(JSON.stringify(one.schema), one.imports ?? [], body);
      },
    ),
    { numRuns: 2_000 },
  );
});
