import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { compileAvro } from '../../../../shared/converter/avro-converter.ts';
import { createJsonConverter } from '../../../../shared/converter/json-converter.ts';
import { toGoldenValue } from '../../../support/golden-value.ts';

type Line =
  | {
      readonly kind: 'avro';
      readonly name: string;
      readonly schema: unknown;
      readonly bytes: string;
      readonly meant: unknown;
    }
  | {
      readonly kind: 'content';
      readonly name: string;
      readonly content: string;
      readonly text: string;
      readonly meant?: unknown;
      readonly refused?: true;
    };

const lines = readFileSync(new URL('../../../fixtures/converter/connect/schemas.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);

const avroOptions = {
  enhancedSchemas: false,
  flattenSingletonUnions: true,
  generalizedSumTypes: false,
  connectMetaData: true,
  discardTypeDocDefault: false,
} as const;

describe("what Java's AvroData and encoder write is read as it was meant", () => {
  for (const line of lines) {
    if (line.kind !== 'avro') continue;
    test(line.name, () => {
      const text = JSON.stringify(line.schema);
      const schema = { reference: 1, registry: 'confluent', format: 'AVRO', text, imports: [] } as const;
      const decode = compileAvro(schema, avroOptions as Parameters<typeof compileAvro>[1]);
      const { value } = decode({ bytes: Buffer.from(line.bytes, 'hex'), offset: 5, isUnframed: false });
      assert.deepStrictEqual(value, toGoldenValue(line.meant));
    });
  }
});

describe("what Kafka's JsonConverter reads under schema.content is read the same", () => {
  for (const line of lines) {
    if (line.kind !== 'content') continue;
    test(line.name, () => {
      const { decode } = createJsonConverter({
        converter: 'JsonConverter',
        schemasEnable: true,
        schemaContent: line.content,
        replaceNullWithDefault: true,
        maxSchemas: 10,
      });
      const record = { topic: 't', partition: 0, offset: 0, timestamp: 0, timestampType: 'CREATE_TIME' } as const;
      const read = () => decode(Buffer.from(line.text), record, true).value;
      if (line.refused) assert.throws(read, { errorClass: 'data' });
      else assert.deepStrictEqual(read(), toGoldenValue(line.meant));
    });
  }
});
