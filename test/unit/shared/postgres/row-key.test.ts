import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildRowKey, isSameRow } from '../../../../shared/postgres/row-key.ts';
import type { TargetColumn } from '../../../../shared/postgres/target-table.ts';
import { buildTargetColumn } from '../../../support/build-target-table.ts';

const formOf = (text: string, type: string, changes: Partial<TargetColumn> = {}) =>
  buildRowKey([buildTargetColumn('k', type, changes)], [text]).canonical;
const numericModifier = (precision: number, scale: number) => ((precision << 16) | (scale & 0x7ff)) + 4;

describe('the canonical form of a row key', () => {
  it('is one for all spellings of a value', () => {
    assert.deepEqual(
      ['1.5', '01.50', ' +1.500 ', '1.5000000000'].map((text) => formOf(text, 'numeric')),
      ['1.5', '1.5', '1.5', '1.5'],
    );
    assert.deepEqual(
      ['0', '-0', '.0', '00.000', '0.'].map((text) => formOf(text, 'numeric')),
      ['0', '0', '0', '0', '0'],
    );
    assert.deepEqual([formOf('.5', 'numeric'), formOf('-0.5', 'numeric')], ['0.5', '-0.5']);
    const uuid = 'a0eebc999c0b4ef8bb6d6bb9bd380a11';
    const spellings = ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', `{${uuid}}`, 'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11'];
    assert.deepEqual(new Set(spellings.map((text) => formOf(text, 'uuid'))), new Set([uuid]));
    assert.equal(formOf('ab  ', 'bpchar', { typeModifier: 9 }), formOf('ab', 'bpchar', { typeModifier: 9 }));
  });

  it('is the lower case of citext where every locale has the same', () => {
    assert.equal(formOf('aBc 1', 'citext'), 'abc 1');
  });

  it('tells texts apart to the last blank and case', () => {
    assert.equal(new Set(['a', 'A', 'a ', ' a', 'ä', 'a\u0308'].map((text) => formOf(text, 'text'))).size, 6);
  });

  it('is absent where only PostgreSQL can tell', () => {
    for (const text of ['20240101', 'today', '2024-02-30', '2024-01-01 BC', '2024-01-01T00:00:00Z', 'infinity']) {
      assert.equal(formOf(text, 'date'), undefined, text);
    }
    assert.equal(formOf('10:00:00', 'time'), undefined);
    assert.equal(formOf('t', 'bool'), undefined);
    assert.equal(formOf('{1}', '_int4'), undefined);
    assert.deepEqual(
      ['ä', 'I', 'ab I'].map((text) => formOf(text, 'citext')),
      [undefined, undefined, undefined],
    );
    assert.equal(formOf('a', 'text', { hasDeterministicCollation: false }), undefined);
    assert.deepEqual(
      ['1e3', 'NaN', '', '.', '1.2.3', 'x'].map((text) => formOf(text, 'numeric')),
      [undefined, undefined, undefined, undefined, undefined, undefined],
    );
    assert.equal(formOf('a0eebc999c0b4ef8bb6d6bb9bd380a1', 'uuid'), undefined);
    assert.equal(formOf('{a0eebc999c0b4ef8bb6d6bb9bd380a11', 'uuid'), undefined);
  });

  it('is that of the number or time that the column keeps', () => {
    const stored = (text: string, precision: number, scale: number) =>
      formOf(text, 'numeric', { typeModifier: numericModifier(precision, scale) });
    assert.deepEqual(
      ['1.000', '1.004', '1.005', '-1.005', '0.999', '0.004', '-0.004', '99.995'].map((text) => stored(text, 10, 2)),
      ['1', '1', '1.01', '-1.01', '1', '0', '0', '100'],
    );
    assert.deepEqual(
      ['1001', '1500', '499.9'].map((text) => stored(text, 6, -3)),
      ['1000', '2000', '0'],
    );
    const time = (text: string, type: string, typeModifier = -1) => formOf(text, type, { typeModifier });
    assert.deepEqual(
      ['2024-01-01T00:00:00.0005', '1999-12-31T23:59:59.9995', '2024-01-01 00:00:00.123456Z'].map((text) =>
        time(text, 'timestamp', 3),
      ),
      ['2024-01-01 00:00:00.001', '1999-12-31 23:59:59.999', '2024-01-01 00:00:00.123'],
    );
    assert.equal(time('2024-01-01T01:30:00.5+01:30', 'timestamptz'), '2024-01-01 00:00:00.5');
    assert.equal(time('2024-01-01T23:59:59.5', 'timestamptz', 0), '2024-01-02 00:00:00');
    assert.equal(time('2024-01-01T10:00:00', 'date'), '2024-01-01');
  });

  it('is absent where storing changes the text', () => {
    assert.equal(formOf('abcd', 'varchar', { typeModifier: 7 }), undefined);
    assert.equal(formOf('abc', 'varchar', { typeModifier: 7 }), 'abc');
    assert.equal(formOf('abcd  ', 'bpchar', { typeModifier: 7 }), undefined);
  });

  it('is found in time that grows with the text alone', { timeout: 5_000 }, () => {
    assert.equal(formOf(`0.${'0'.repeat(2_000_000)}1`, 'numeric'), undefined);
    const blanks = ' '.repeat(2_000_000);
    assert.equal(formOf(`${blanks}x${blanks}`, 'bpchar'), `${blanks}x`);
  });

  it('tells keys of several columns apart however their texts are cut', () => {
    const columns = ['a', 'b', 'c'].map((name) => buildTargetColumn(name, 'text'));
    const texts = fc.constantFrom('', 'a', ',', '"', '","', '\\', '["', 'a","b');
    const values = fc.tuple(texts, texts, texts);
    fc.assert(
      fc.property(values, values, (one, other) => {
        const isEqual = one.every((text, i) => text === other[i]);
        assert.equal(buildRowKey(columns, one).canonical === buildRowKey(columns, other).canonical, isEqual);
        assert.equal(isSameRow(buildRowKey(columns, one), buildRowKey(columns, other)), isEqual);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is absent for several columns of which one has none; equal texts are one row all the same', () => {
    const columns = [buildTargetColumn('a', 'int4'), buildTargetColumn('b', 'time')];
    const key = (day: string) => buildRowKey(columns, ['1', day]);
    assert.deepEqual(key('10:00:00'), { values: ['1', '10:00:00'] });
    assert.equal(isSameRow(key('10:00:00'), key('10:00:00')), true);
    assert.equal(isSameRow(key('10:00:00'), key('10:00')), undefined);
  });

  it('is absent for what is no integer in a column of integers, which PostgreSQL refuses', () => {
    for (const text of ['1.5', 'true', '', '1e3', '12345678901234567.5']) assert.equal(formOf(text, 'int8'), undefined);
    assert.equal(formOf('-0', 'int4'), '0');
    assert.equal(formOf('00000000000000000007', 'int8'), '7');
  });
});
