import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitColumnTypes, toColumnTypeName } from '../../../../shared/postgres/column-type-name.ts';

test('spellings of PostgreSQL, Java and tired users mean one type', () => {
  const expected: Readonly<Record<string, string>> = {
    doublepericision: 'double precision',
    'Double Precision': 'double precision',
    float8: 'double precision',
    'java.lang.Long': 'bigint',
    int8: 'bigint',
    INT: 'integer',
    varchar: 'character varying',
    'varchar(20)': 'character varying(20)',
    'numeric(10, 2)': 'numeric(10,2)',
    timestamp: 'timestamp without time zone',
    'timestamp(3) with time zone': 'timestamp(3) with time zone',
    'timestamp with time zone': 'timestamp with time zone',
    timestamptz: 'timestamp with time zone',
    'time without time zone': 'time without time zone',
    'text[]': 'text[]',
    'int4[]': 'integer[]',
  };
  for (const [text, name] of Object.entries(expected)) {
    assert.deepEqual(toColumnTypeName(text), { name, known: true }, text);
  }
});

test('an unknown name may be a type of the user, what is no name may not', () => {
  assert.deepEqual(toColumnTypeName('shop.mood'), { name: 'shop.mood', known: false });
  for (const text of ['', '1', 'a;b', 'int) --', "x'y"]) assert.equal(toColumnTypeName(text), undefined, text);
});

test('a list of types is cut at commas outside of parentheses', () => {
  assert.deepEqual(splitColumnTypes('integer, numeric(10,2),text'), ['integer', 'numeric(10,2)', 'text']);
});
