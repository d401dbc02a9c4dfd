import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordFormat } from '../../../../shared/change/change-settings.ts';
import { parseChange } from '../../../../shared/change/parse-change.ts';
import { ExactNumber, type Value } from '../../../../shared/data/value.ts';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';

const image = { id: 1 };
const other = { id: 2, name: null };

describe('reading the c/u/d contract', () => {
  it('takes the images that each op needs', () => {
    assert.deepEqual(parseChange({ op: 'c', before: null, after: image }), { op: 'c', before: null, after: image });
    assert.deepEqual(parseChange({ op: 'r', after: image }), { op: 'r', before: null, after: image });
    assert.deepEqual(parseChange({ op: 'u', before: other, after: image }), { op: 'u', before: other, after: image });
    assert.deepEqual(parseChange({ op: 'u', after: image }), { op: 'u', before: null, after: image });
    assert.deepEqual(parseChange({ op: 'd', before: other }), { op: 'd', before: other, after: null });
  });

  it('drops the images that an op has no use for', () => {
    assert.deepEqual(parseChange({ op: 'c', before: other, after: image }), { op: 'c', before: null, after: image });
    assert.deepEqual(parseChange({ op: 'd', before: other, after: image }), { op: 'd', before: other, after: null });
  });

  it('reads the names of the source block and nothing else of it, nor of other members', () => {
    const source = { db: 'shop', schema: 'dbo', table: 'orders', lsn: 7, snapshot: true };
    const event = parseChange({ op: 'd', before: image, source, ts_ms: 1, transaction: null });
    assert.deepEqual(event, {
      op: 'd',
      before: image,
      after: null,
      source: { db: 'shop', schema: 'dbo', table: 'orders' },
    });
    assert.deepEqual(parseChange({ op: 'd', before: image, source: { table: 7 } }).source, {});
    assert.equal('source' in parseChange({ op: 'd', before: image, source: 'web' }), false);
  });

  const refused: readonly (readonly [string, Value])[] = [
    ['null', null],
    ['an array', [{ op: 'c', after: image }]],
    ['a number of any notation', new ExactNumber('1.0')],
    ['a row without op', { id: 1 }],
    ['an unknown op', { op: 'x' }],
    ['an op that is no text', { op: 1, after: image }],
    ['c without after', { op: 'c', before: image, after: null }],
    ['u without after', { op: 'u', before: image }],
    ['d without before', { op: 'd', after: image }],
    ['an image that is an array', { op: 'c', after: [] }],
    ['an image that is a number', { op: 'c', after: new ExactNumber('1.0') }],
    ['an image that is text', { op: 'd', before: 'secret' }],
  ];
  for (const [name, value] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseChange(value),
        (error) =>
          isSluiceError(error) &&
          error.code === 'CHANGE_INVALID' &&
          error.stage === 'parse' &&
          !error.message.includes('secret'),
      );
    });
  }
});

describe('reading rows and envelopes', () => {
  const parse = (value: Value, format: RecordFormat, needsBefore = true) => parseChange(value, { format, needsBefore });
  const row = { id: 1, a: 'x' };

  it('takes an envelope for what has an op and an image or a source, in format auto', () => {
    for (const envelope of [
      { op: 'c', after: row },
      { op: 'd', before: row },
      { op: 't', source: { table: 't' } },
    ]) {
      assert.equal(parse(envelope, 'auto').op, envelope.op);
    }
    const flat = { op: 'c', before: null, after: { op: 'c', id: 1 }, mayUpdate: true };
    assert.deepEqual(parse({ op: 'c', id: 1 }, 'auto'), flat);
    assert.deepEqual(parse({ id: 1, __op: 'c' }, 'auto'), { op: 'c', before: null, after: { id: 1, __op: 'c' } });
    assert.throws(() => parse({ op: 'x', after: row }, 'auto'), /op of the value/);
  });

  it('takes every object for a row in format flat, and for an envelope in format envelope', () => {
    assert.deepEqual(parse({ op: 'd', before: 1 }, 'flat'), {
      op: 'c',
      before: null,
      after: { op: 'd', before: 1 },
      mayUpdate: true,
    });
    assert.throws(() => parse(row, 'envelope'), /no op/);
    assert.throws(() => parse([row], 'flat'), /neither an object nor a struct/);
  });

  it('reads what became of a row from __deleted and __op', () => {
    const opOf = (metadata: { readonly [member: string]: Value }) => parse({ ...row, ...metadata }, 'flat').op;
    assert.deepEqual([{}, { __op: 'r' }, { __op: 'u' }, { __op: 'D' }].map(opOf), ['c', 'r', 'u', 'd']);
    assert.deepEqual([{ __deleted: 'true' }, { __deleted: true }, { __deleted: 'false' }].map(opOf), ['d', 'd', 'c']);
    assert.equal(opOf({ __op: 'c', __deleted: 'true' }), 'd');
    assert.throws(() => opOf({ __op: null }), /__op/);
  });

  it('lets a delete lack its image where something else says the row, and takes an op in capitals', () => {
    assert.deepEqual(parse({ op: 'd', after: null }, 'envelope', false), { op: 'd', before: {}, after: null });
    assert.throws(() => parse({ op: 'd', after: null }, 'envelope'), /needs an object in "before"/);
    assert.equal(parse({ op: 'C', after: row }, 'envelope').op, 'c');
  });
});
