import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJsonText, toPsqlText } from '../../../../localstack/cli/query-result.ts';

const field = (name: string, dataTypeID: number) => ({ name, dataTypeID });

test('rows stand as in psql: numbers to the right, texts to the left, null empty', () => {
  const result = {
    command: 'SELECT',
    rowCount: 2,
    fields: [field('id', 23), field('a long name', 25), field('ok', 16)],
    rows: [
      ['1', 'x', 't'],
      ['-200', null, null],
    ],
  };
  assert.equal(
    toPsqlText(result),
    [
      '  id  | a long name | ok',
      '------+-------------+----',
      '    1 | x           | t',
      ' -200 |             |',
      '(2 rows)',
    ].join('\n'),
  );
});

test('line breaks stay within their row, wide characters keep the columns straight', () => {
  const rows = [
    ['a\nb', '1'],
    ['日本😀é', '2'],
  ];
  const result = { command: 'SELECT', rowCount: 2, fields: [field('t', 25), field('n', 23)], rows };
  const lines = ['    t    | n', '---------+---', ' a\\nb    | 1', ' 日本😀é | 2', '(2 rows)'];
  assert.equal(toPsqlText(result), lines.join('\n'));
});

test('a statement without rows tells its command and count', () => {
  assert.equal(toPsqlText({ command: 'INSERT', rowCount: 3, fields: [], rows: [] }), 'INSERT 3');
  assert.equal(toPsqlText({ command: 'CREATE', rowCount: null, fields: [], rows: [] }), 'CREATE');
});

test('JSON rows keep every digit of numbers, inside JSON columns too', () => {
  const fields = [
    field('n', 1700),
    field('b', 20),
    field('f', 701),
    field('j', 3802),
    field('t', 16),
    field('d', 1082),
    field('x', 25),
  ];
  const row = [
    '12345678901234567890.10',
    '9007199254740993',
    'NaN',
    '{"a": [1.50, 9007199254740993]}',
    'f',
    '2024-02-29',
    null,
  ];
  assert.equal(
    toJsonText([{ command: 'SELECT', rowCount: 1, fields, rows: [row] }]).replace(/\s+/g, ''),
    '[{"n":12345678901234567890.10,"b":9007199254740993,"f":"NaN","j":{"a":[1.50,9007199254740993]},"t":false,"d":"2024-02-29","x":null}]',
  );
});

test('several statements are one JSON document', () => {
  const results = ['1', '2'].map((n) => ({ command: 'SELECT', rowCount: 1, fields: [field('n', 23)], rows: [[n]] }));
  assert.deepEqual(JSON.parse(toJsonText(results)), [[{ n: 1 }], [{ n: 2 }]]);
});
