import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import { buildDeadLetterInsert, toDeadLetter } from '../../../../shared/postgres/dead-letter.ts';
import { encodeTextArray } from '../../../../shared/postgres/text-array.ts';
import { toEventRecord } from '../../../support/kafka-event-builder.ts';

const identity = { schema: 'my "ledger"', connector: 'c', source: 'cluster' };
const record = toEventRecord({
  topic: 't',
  partition: 3,
  offset: 41,
  key: 'k',
  value: Uint8Array.of(0, 255),
  headers: [['h', Uint8Array.of(128)]],
  timestamp: 7,
});

const full = { form: 'full' } as const;

describe('a dead letter', () => {
  it('says what failed, where, and as far as that is known with what', () => {
    const error = new SluiceError('ROW_REJECTED', 'refused', { stage: 'write', sqlState: '23502', column: 'a' });
    assert.deepEqual(toDeadLetter(record, error, { tableName: 's.t', rowKey: '["1"]' }), {
      record,
      stage: 'write',
      code: 'ROW_REJECTED',
      message: 'refused',
      sqlState: '23502',
      column: 'a',
      tableName: 's.t',
      rowKey: '["1"]',
    });
    assert.deepEqual(toDeadLetter(record, new SluiceError('VALUE_NOT_JSON', 'no JSON', { stage: 'decode-value' })), {
      record,
      stage: 'decode-value',
      code: 'VALUE_NOT_JSON',
      message: 'no JSON',
    });
  });

  it('is stored with the bytes of its record and its coordinates', () => {
    const named = { valueSchemaMetadata: { dataFormat: 'AVRO', schemaId: '7' } };
    const bare = { ...toEventRecord({ topic: 't', partition: 3, offset: 42, timestamp: 8 }), ...named };
    const error = new SluiceError('CHANGE_INVALID', 'no op', { stage: 'parse' });
    const { text, values } = buildDeadLetterInsert(
      identity,
      [toDeadLetter(record, error), toDeadLetter(bare, error)],
      full,
    );
    const columns = /dead_letters \(([^)]*)\)/.exec(text)![1]!.split(', ');
    const stored = Object.fromEntries(columns.map((column, i) => [column, values[i]]));
    assert.match(text, /^insert into "my ""ledger"""\.dead_letters /);
    assert.deepEqual(stored, {
      connector: 'c',
      source: 'cluster',
      topic: encodeTextArray(['t', 't']),
      partition: encodeTextArray(['3', '3']),
      '"offset"': encodeTextArray(['41', '42']),
      record_timestamp: encodeTextArray(['7', '8']),
      key: encodeTextArray(['\\x6b', null]),
      value: encodeTextArray(['\\x00ff', null]),
      headers: encodeTextArray(['[{"name":"h","value":"gA=="}]', '[]']),
      schemas: encodeTextArray([null, '{"value":{"dataFormat":"AVRO","schemaId":"7"}}']),
      payload: encodeTextArray(['full', 'full']),
      table_name: encodeTextArray([null, null]),
      row_key: encodeTextArray([null, null]),
      new_row_key: encodeTextArray([null, null]),
      stage: encodeTextArray(['parse', 'parse']),
      code: encodeTextArray(['CHANGE_INVALID', 'CHANGE_INVALID']),
      sqlstate: encodeTextArray([null, null]),
      column_name: encodeTextArray([null, null]),
      message: encodeTextArray(['no op', 'no op']),
    });
  });

  it('replaces the letter of the same offset, all of it', () => {
    const { text } = buildDeadLetterInsert(
      identity,
      [toDeadLetter(record, new SluiceError('CHANGE_INVALID', ''))],
      full,
    );
    const inserted = /dead_letters \(([^)]*)\)/.exec(text)![1]!.split(', ');
    const replaced = [...text.matchAll(/(\S+) = excluded\.\1/g)].map(([, column]) => column);
    const key = ['connector', 'topic', 'partition', '"offset"'];
    assert.deepEqual(replaced.sort(), inserted.filter((column) => !key.includes(column)).sort());
    assert.match(text, /on conflict \(connector, topic, partition, "offset"\)/);
    assert.match(text, /state = 'open', attempts = 0, created_at = now\(\), settled_at = null/);
  });

  it('stores names that PostgreSQL cannot as near as it can', () => {
    const odd = 'a\0b \ud83d';
    const letter = toDeadLetter(
      toEventRecord({ topic: 't', partition: 0, offset: 1, headers: [[odd, Uint8Array.of()]] }),
      {
        ...new SluiceError('COLUMN_UNKNOWN', odd, { column: odd }),
        message: odd,
      } as SluiceError,
    );
    const { values } = buildDeadLetterInsert(identity, [letter], full);
    const near = 'a\uFFFDb \uFFFD';
    assert.deepEqual(values.at(-1), encodeTextArray([near]));
    assert.deepEqual(values.at(-2), encodeTextArray([near]));
    assert.deepEqual(values[8], encodeTextArray([JSON.stringify([{ name: near, value: '' }])]));
  });
});
