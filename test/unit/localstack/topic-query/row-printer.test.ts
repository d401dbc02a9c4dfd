import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schema } from '../../../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../../../shared/data/value.ts';
import { toRowCell } from '../../../../localstack/topic-query/row-cell.ts';
import { createRowPrinter, type PlacedRow } from '../../../../localstack/topic-query/row-printer.ts';

const row = (image: Readonly<Record<string, Value>>, offset = 0): PlacedRow => ({
  place: `t:0:${offset}`,
  columns: Object.keys(image),
  cells: Object.values(image).map((value) => toRowCell(value, null)),
});
const fail = (): never => assert.fail('no row is refused');

test('a table has one heading for the rows of the same columns, also when they come later', () => {
  const printer = createRowPrinter('table');
  assert.equal(
    printer.print([row({ id: 1, name: 'Ada' }), row({ id: 20, name: null })], fail),
    ' id | name\n----+------\n  1 | Ada\n 20 |\n',
  );
  assert.equal(printer.print([row({ id: 300, name: 'x' })], fail), ' 300 | x\n');
  assert.equal(printer.print([row({ id: 4 })], fail), '\n id\n----\n  4\n');
  assert.equal(printer.end(4), '(4 rows)\n');
});

test('no value of a table moves the cursor, colours the terminal or turns the line around', () => {
  const hostile = 'a\u001b[2J\u009b1m\u202eb\u2066c\u0000\u0007\r\n\t';
  const text = createRowPrinter('table').print([row({ 'n\u001b': hostile })], fail);
  assert.match(text, /a\\x1B\[2J\\x9B1m\\u202Eb\\u2066c\\x00\\x07\\r\\n\\t/);
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\u202e\u2066]/u);
});

test('JSON has one object a line, with every digit', () => {
  const image = { n: new ExactNumber('12345678901234567890.50'), ok: true, none: null, tags: { a: [1] }, text: '1' };
  assert.equal(
    createRowPrinter('json').print([row(image)], fail),
    '{"n":12345678901234567890.50,"ok":true,"none":null,"tags":{"a":[1]},"text":"1"}\n',
  );
});

test('CSV tells null from an empty text, quotes what it has to, and refuses a column that its header lacks', () => {
  const printer = createRowPrinter('csv');
  const refused: string[] = [];
  const rows = [row({ a: null, 'b,c': '' }), row({ 'b,c': 'x"y\n', a: 1 }), row({ a: 1, z: 2 }, 7)];
  const text = printer.print(rows, (place) => refused.push(place));
  assert.equal(text, 'a,"b,c"\n,""\n1,"x""y\n"\n');
  assert.deepEqual(refused, ['t:0:7']);
});

test('values with a schema are written as PostgreSQL writes their type', () => {
  const schema = (type: Schema['type'], name?: string, scale?: string): Schema => ({
    type,
    optional: false,
    ...(name !== undefined && { name }),
    ...(scale !== undefined && { parameters: { scale } }),
  });
  const cases: readonly (readonly [Value, Schema, string, string])[] = [
    [1_700_000_000_000_000, schema('int64', 'io.debezium.time.MicroTimestamp'), 'timestamp', '2023-11-14 22:13:20'],
    [19_675, schema('int32', 'org.apache.kafka.connect.data.Date'), 'date', '2023-11-14'],
    [new ExactNumber('1.50'), schema('bytes', 'org.apache.kafka.connect.data.Decimal', '2'), 'numeric', '1.50'],
    [Buffer.from([1, 255]), schema('bytes'), 'bytea', '\\x01ff'],
    [9007199254740993n, schema('int64'), 'int8', '9007199254740993'],
  ];
  for (const [value, given, type, text] of cases) assert.deepEqual(toRowCell(value, given), { type, text });
});
