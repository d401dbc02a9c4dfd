import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ModelChange, type ModelImage, nullValue, ReplayModel, renderChange } from '../../support/replay-model.ts';

const value = (n: number) => ({ json: String(n), text: String(n) });
const image = (columns: Record<string, number>): ModelImage =>
  Object.fromEntries(Object.entries(columns).map(([name, n]) => [name, value(n)]));
const c = (after: Record<string, number>): ModelChange => ({ op: 'c', before: null, after: image(after) });
const u = (before: Record<string, number> | null, after: Record<string, number>): ModelChange => ({
  op: 'u',
  before: before === null ? null : image(before),
  after: image(after),
});
const d = (before: Record<string, number>): ModelChange => ({ op: 'd', before: image(before), after: null });

function replay(key: string[], mode: 'insert' | 'upsert', changes: readonly ModelChange[]) {
  const column = (name: string) => ({
    name,
    default: name === 'b' ? value(9) : nullValue,
    notNull: key.includes(name),
  });
  const model = new ReplayModel({ key, columns: ['a', 'b', 'c'].map(column) }, mode);
  const outcomes = changes.map((change) => model.apply(change));
  const rows = model.rows.map((row) => ['a', 'b', 'c'].map((name) => row[name]?.text ?? '-').join(' ')).sort();
  return { outcomes, rows };
}

test('a new row takes defaults, a repeated key overwrites only what the image carries', () => {
  assert.deepEqual(replay(['a'], 'upsert', [c({ a: 1, c: 5 }), c({ a: 1, c: 6 }), c({ a: 2, b: 3 })]).rows, [
    '1 9 6',
    '2 3 -',
  ]);
});

test('a changed key moves the row with its other columns and replaces the row in the way', () => {
  const changes = [c({ a: 1, b: 1, c: 1 }), c({ a: 2, b: 2, c: 2 }), u({ a: 1 }, { a: 2, c: 7 })];
  assert.deepEqual(replay(['a'], 'upsert', changes).rows, ['2 1 7']);
  const refused = replay(['a'], 'insert', changes);
  assert.deepEqual(refused.rows, ['1 1 1', '2 2 2']);
  assert.deepEqual(refused.outcomes, ['applied', 'applied', 'ROW_EXISTS']);
});

test('an update of a row that is not there inserts in mode upsert and does nothing in mode insert', () => {
  assert.deepEqual(replay(['a'], 'upsert', [u({ a: 5 }, { a: 6, c: 1 }), u(null, { a: 7 })]).rows, ['6 9 1', '7 9 -']);
  assert.deepEqual(replay(['a'], 'insert', [u({ a: 5 }, { a: 6, c: 1 })]), { outcomes: ['applied'], rows: [] });
});

test('mode insert refuses a key that exists, and a delete frees it', () => {
  const { outcomes, rows } = replay(['a'], 'insert', [c({ a: 1 }), c({ a: 1, c: 2 }), d({ a: 1 }), c({ a: 1, c: 3 })]);
  assert.deepEqual(outcomes, ['applied', 'ROW_EXISTS', 'applied', 'applied']);
  assert.deepEqual(rows, ['1 9 3']);
});

test('without a key a full image touches one of the equal rows, a partial image every match', () => {
  const twice = [c({ a: 1, b: 1, c: 1 }), c({ a: 1, b: 1, c: 1 })];
  assert.deepEqual(replay([], 'insert', [...twice, d({ a: 1, b: 1, c: 1 })]).rows, ['1 1 1']);
  assert.deepEqual(replay([], 'insert', [...twice, u({ a: 1, b: 1, c: 1 }, { c: 2 })]).rows, ['1 1 1', '1 1 2']);
  assert.deepEqual(replay([], 'insert', [...twice, u({ a: 1 }, { c: 2 })]).rows, ['1 1 2', '1 1 2']);
  assert.deepEqual(replay([], 'insert', [...twice, d({ b: 1 })]).rows, []);
  assert.deepEqual(replay([], 'upsert', [u({ a: 4 }, { a: 5 })]).rows, ['5 9 -']);
});

test('a record that the table refuses leaves no trace', () => {
  const broken: ModelChange = { op: 'u', before: image({ a: 1 }), after: { a: nullValue, c: value(3) } };
  const { outcomes, rows } = replay(['a'], 'upsert', [c({ a: 1 }), broken]);
  assert.deepEqual(outcomes, ['applied', 'KEY_MISSING']);
  assert.deepEqual(rows, ['1 9 -']);
});

test('a change is rendered in the form of the c/u/d contract', () => {
  assert.equal(renderChange(u({ a: 2 }, { a: 1 })), '{"before":{"a":2},"after":{"a":1},"op":"u","transaction":null}');
});
