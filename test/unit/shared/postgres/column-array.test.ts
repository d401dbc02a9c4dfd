import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeColumn } from '../../../../shared/postgres/column-array.ts';

const encode = (baseType: string, values: readonly (string | null)[], isArray = false) =>
  encodeColumn(
    values.map((value) => ({ values: ['another column', value] })),
    1,
    { baseType, isArray },
  );

describe('a column as a parameter', () => {
  it('is a binary array of its type where the texts say integers or booleans plainly', () => {
    for (const [type, values] of [
      ['int2', ['0', '-32768', '32767', null]],
      ['int4', ['2147483647', '-2147483648', '-0', '007']],
      ['int8', ['9007199254740993', '-9223372036854775808', '9223372036854775807', '-1', '4294967296']],
      ['bool', ['true', 'false', null]],
    ] as const) {
      assert.equal(encode(type, values).elementType, type);
    }
    const header = ['00000001', '00000001', '00000015', '00000002', '00000001'].join('');
    assert.equal(encode('int2', ['-2', null]).value.toString('hex'), `${header}00000002fffeffffffff`);
  });

  it('is texts for every other spelling, so that PostgreSQL reads or refuses them', () => {
    for (const [type, text] of [
      ['int2', '32768'],
      ['int4', '2147483648'],
      ['int4', '1234567890123456'],
      ['int8', '9223372036854775808'],
      ['int8', '99999999999999999999'],
      ['int8', '1.0'],
      ['int4', ''],
      ['int4', '-'],
      ['int4', ' 1'],
      ['int4', '1e3'],
      ['int4', '0x1'],
      ['bool', 't'],
      ['bool', 'TRUE'],
    ] as const) {
      assert.equal(encode(type, ['1', text, 'true'].slice(type === 'bool' ? 1 : 0, 2)).elementType, 'text', text);
    }
  });

  it('is texts for arrays and other types', () => {
    assert.equal(encode('_int4', ['{1}'], true).elementType, 'text');
    assert.equal(encode('int4', ['1'], true).elementType, 'text');
    assert.equal(encode('constructor', ['1']).elementType, 'text');
  });
});
