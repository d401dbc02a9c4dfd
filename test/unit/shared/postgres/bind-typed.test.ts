import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Schema, SchemaType } from '../../../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../../../shared/data/value.ts';
import { isSluiceError } from '../../../../shared/errors/sluice-error.ts';
import { compileBinding } from '../../../../shared/postgres/bind-typed.ts';
import { toArrayLiteral, toHstoreLiteral, toRowLiteral } from '../../../../shared/postgres/text-literal.ts';
import { buildTargetColumn } from '../../../support/build-target-table.ts';

const schema = (type: SchemaType, name?: string, more: Partial<Schema> = {}): Schema => ({
  type,
  optional: true,
  ...(name !== undefined && { name }),
  ...more,
});
const data = (name: string) => `io.debezium.data.${name}`;
const bind = (type: string, of: Schema, value: Value) => compileBinding(of, buildTargetColumn('col', type))(value);

function assertRefused(type: string, of: Schema, value: Value, code = 'VALUE_INVALID'): void {
  assert.throws(
    () => bind(type, of, value),
    (error) => {
      assert.ok(isSluiceError(error, 'data'), String(error));
      assert.deepEqual([error.code, error.column, error.stage], [code, 'col', 'bind']);
      assert.ok(error.message.includes('col') && error.message.includes(type.replace(/^_/, '')), error.message);
      return true;
    },
  );
}

const double = schema('double');
const wkb = Buffer.from('0101000000000000000000f03f0000000000000040', 'hex');

describe('binding values under a schema', () => {
  it('is null for null, whatever the schema and the column', () => {
    for (const type of ['int4', '_text', 'jsonb', 'timestamptz', 'vector', 'geometry']) {
      assert.equal(bind(type, schema('struct'), null), null);
    }
  });

  it("gives PostGIS's types EWKB with the reference system, or a point's text where there is no binary", () => {
    const geometry = schema('struct', data('geometry.Geometry'));
    const ewkb = '0101000020e6100000000000000000f03f0000000000000040';
    assert.equal(bind('geometry', geometry, { wkb, srid: 4326 }), ewkb);
    assert.equal(bind('geography', schema('struct', data('geometry.Geography')), { wkb, srid: 4326 }), ewkb);
    const point = schema('struct', data('geometry.Point'));
    assert.equal(bind('geometry', point, { x: 1, y: 2, wkb, srid: null }), wkb.toString('hex'));
    assert.equal(bind('geometry', point, { x: 1, y: 2, wkb: null, srid: 3857 }), 'SRID=3857;POINT(1 2)');
    assert.equal(bind('geometry', schema('bytes'), wkb), wkb.toString('hex'));
    assert.equal(bind('geometry', schema('string'), 'POINT(1 2)'), 'POINT(1 2)');
    assertRefused('geometry', geometry, { wkb: null });
  });

  it("gives pgvector's types their texts", () => {
    const vector = schema('array', data('DoubleVector'), { values: double });
    assert.equal(bind('vector', vector, [1, 2.5, -3e-7]), '[1,2.5,-3e-7]');
    assert.equal(bind('halfvec', schema('array', data('FloatVector'), { values: schema('float') }), [1]), '[1]');
    assert.equal(bind('vector', schema('array', undefined, { values: double }), [1, 2]), '[1,2]');
    const sparse = schema('struct', data('SparseDoubleVector'));
    assert.equal(bind('sparsevec', sparse, { dimensions: 5, vector: new Map([[1, 1.5]]) }), '{1:1.5}/5');
    assert.equal(bind('jsonb', vector, [1, 2.5]), '[1,2.5]');
    assertRefused('vector', sparse, { dimensions: 5, vector: new Map() });
    assertRefused('vector', schema('array', undefined, { values: schema('string') }), ['x']);
  });

  it('keeps the digits of decimals and of what a double would change', () => {
    const digits = new ExactNumber('123456789012345678901234567890.10');
    const decimal = schema('bytes', 'org.apache.kafka.connect.data.Decimal', { parameters: { scale: '2' } });
    for (const type of ['numeric', 'money', 'text', 'jsonb', 'float8']) {
      assert.equal(bind(type, decimal, digits), digits.source);
    }
    assertRefused('int8', decimal, digits);
    assert.equal(bind('int8', decimal, new ExactNumber('9007199254740993.00')), '9007199254740993');
  });

  it('takes schemas that hold themselves', () => {
    const node: Schema = {
      ...schema('struct', 'Node'),
      get fields() {
        return [
          { name: 'at', schema: schema('int64', 'timestamp-millis') },
          { name: 'next', schema: node },
        ];
      },
    };
    const value = { at: 0, next: { at: 1, next: null } };
    assert.equal(
      bind('jsonb', node, value),
      '{"at":"1970-01-01T00:00:00Z","next":{"at":"1970-01-01T00:00:00.001Z","next":null}}',
    );
    const ring: Schema = {
      ...schema('array'),
      get values() {
        return ring;
      },
    };
    assert.equal(bind('_int4', ring, []), '{}');
    let deep: Value = [];
    for (let i = 0; i < 2_000; i++) deep = [deep];
    assertRefused('_int4', ring, deep);
    assertRefused('jsonb', ring, deep);
  });

  it('refuses what the schema does not allow', () => {
    assertRefused('timestamptz', schema('int64', 'io.debezium.time.MicroTimestamp'), 'x');
    assertRefused('date', schema('struct', 'io.debezium.time.StructuredDate'), { year: 2024 });
    assertRefused('jsonb', schema('map', undefined, { keys: schema('string'), values: double }), 'x');
    assertRefused('text', schema('bytes'), Buffer.from('x'));
    assertRefused('hstore', schema('array', undefined, { values: double }), [1]);
  });
});

describe('literals', () => {
  const element = fc.option(fc.string({ unit: 'grapheme' }), { nil: null });

  it('have elements that no character of theirs ends', () => {
    fc.assert(
      fc.property(fc.array(element, { minLength: 1 }), (elements) => {
        const inner = toArrayLiteral(elements)!.slice(1, -1);
        const read = [...inner.matchAll(/NULL|"((?:[^"\\]|\\.)*)"/gsu)].map(([whole, text]) =>
          whole === 'NULL' ? null : text!.replaceAll(/\\(.)/gsu, '$1'),
        );
        assert.deepEqual(read, elements);
      }),
    );
  });

  it('of arrays are regular, or none', () => {
    assert.equal(toArrayLiteral([]), '{}');
    assert.equal(toArrayLiteral([[], []]), '{}');
    assert.equal(toArrayLiteral([['a'], [null]]), '{{"a"},{NULL}}');
    assert.equal(toArrayLiteral([['a'], []]), undefined);
    assert.equal(toArrayLiteral([['a'], null]), undefined);
    assert.equal(toArrayLiteral(['a', ['b']]), undefined);
    assert.equal(toArrayLiteral(['a', 'b'], ';'), '{"a";"b"}');
  });

  it('of rows and hstores tell null from text', () => {
    assert.equal(toRowLiteral(['a"\\', null, '']), '("a\\"\\\\",,"")');
    assert.equal(
      toHstoreLiteral([
        ['a"', 'NULL'],
        ['b', null],
      ]),
      '"a\\""=>"NULL","b"=>NULL',
    );
  });
});
