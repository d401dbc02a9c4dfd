import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Image } from '../../../../shared/change/change-event.ts';
import { ExactNumber } from '../../../../shared/data/value.ts';
import {
  buildAlteration,
  buildCreation,
  planAdditions,
  planColumns,
  planWidening,
} from '../../../../shared/postgres/schema-plan.ts';
import { buildTargetColumn, buildTargetTable } from '../../../support/build-target-table.ts';

const seen = (images: readonly Image[], types: Record<string, string> = {}) => ({
  images,
  types: new Map(Object.entries(types)),
});
const toTypes = (columns: readonly { readonly name: string; readonly type: string }[]) =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type]));

describe('the columns of a new table', () => {
  it('have the types of the values: boolean, bigint, numeric, jsonb, else text', () => {
    const image = {
      flag: true,
      count: 3,
      big: new ExactNumber('9223372036854775807'),
      bigger: new ExactNumber('9223372036854775808'),
      lowest: new ExactNumber('-9223372036854775808'),
      ratio: 0.5,
      price: new ExactNumber('1.10'),
      list: [1],
      object: { a: 1 },
      name: 'x',
      nothing: null,
    };
    assert.deepEqual(toTypes(planColumns([], seen([image]))), {
      flag: 'boolean',
      count: 'bigint',
      big: 'bigint',
      bigger: 'numeric',
      lowest: 'bigint',
      ratio: 'numeric',
      price: 'numeric',
      list: 'jsonb',
      object: 'jsonb',
      name: 'text',
      nothing: 'text',
    });
  });

  it('hold the values of all images of the batch', () => {
    const images = [
      { a: 1, b: null, c: 1, d: { x: 1 }, e: true },
      { a: 1.5, b: 2, c: 'x', d: [1], e: 1 },
      { a: null, b: 2, f: false },
    ];
    assert.deepEqual(toTypes(planColumns([], seen(images))), {
      a: 'numeric',
      b: 'bigint',
      c: 'text',
      d: 'jsonb',
      e: 'text',
      f: 'boolean',
    });
  });

  it('begin with the key columns, and named types win', () => {
    const columns = planColumns(['id'], seen([{ name: 'x', id: 7 }], { name: 'character varying(10)', day: 'date' }));
    assert.deepEqual(columns, [
      { name: 'id', type: 'bigint' },
      { name: 'name', type: 'character varying(10)' },
      { name: 'day', type: 'date' },
    ]);
    assert.deepEqual(buildCreation({ schema: 'My "s"', name: 'T' }, columns, ['id']), [
      'create schema if not exists "My ""s"""',
      'create table if not exists "My ""s"""."T" ("id" bigint not null, "name" character varying(10), "day" date, primary key ("id"))',
    ]);
    assert.deepEqual(buildCreation({ schema: null, name: 't' }, [{ name: 'a', type: 'text' }], []), [
      'create table if not exists "t" ("a" text)',
    ]);
  });

  it('never have a name that PostgreSQL would cut or cannot have', () => {
    const image = { ['n'.repeat(63)]: 1, ['n'.repeat(64)]: 1, ['é'.repeat(32)]: 1, '': 1, 'a\0': 1, '\ud800': 1 };
    assert.deepEqual(Object.keys(toTypes(planColumns([], seen([image])))), ['n'.repeat(63)]);
  });
});

describe('a table that follows its records', () => {
  const table = buildTargetTable(
    [
      buildTargetColumn('id', 'int2'),
      buildTargetColumn('n', 'int4'),
      buildTargetColumn('big', 'int8'),
      buildTargetColumn('short', 'varchar', { typeModifier: 4 + 3 }),
      buildTargetColumn('free', 'varchar'),
      buildTargetColumn('day', 'date'),
      buildTargetColumn('made', 'int2', { generated: true }),
    ],
    ['id'],
  );
  const widened = (...images: readonly Image[]) => toTypes(planWidening(table, seen(images)));

  it('gets the columns that it lacks', () => {
    assert.deepEqual(
      planAdditions(
        table,
        seen([
          { id: 1, added: 1 },
          { added: 0.5, other: 'x' },
        ]),
      ),
      [
        { name: 'added', type: 'numeric' },
        { name: 'other', type: 'text' },
      ],
    );
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`c${i}`, 1]));
    assert.equal(planAdditions(table, seen([many])).length + table.columns.size, 1_000);
  });

  it('widens smallint to integer to bigint to numeric, as far as the values need', () => {
    assert.deepEqual(widened({ id: 32_767, n: -2_147_483_648, big: new ExactNumber('9223372036854775807') }), {});
    assert.deepEqual(widened({ id: 32_768 }), { id: 'integer' });
    assert.deepEqual(widened({ id: 32_768 }, { id: '2147483648' }, { id: 70_000 }), { id: 'bigint' });
    assert.deepEqual(widened({ id: new ExactNumber('9223372036854775808') }), { id: 'numeric' });
    assert.deepEqual(widened({ n: 0.5 }, { n: 2_147_483_648 }), { n: 'numeric' });
    assert.deepEqual(widened({ big: new ExactNumber('1e30') }), { big: 'numeric' });
    assert.deepEqual(widened({ id: new ExactNumber('1.0'), n: new ExactNumber('1e3'), big: '7' }), {});
  });

  it('widens varchar(n) to text and date to timestamp', () => {
    assert.deepEqual(widened({ short: 'äöü', free: 'x'.repeat(100), day: '2026-11-20' }), {});
    assert.deepEqual(widened({ short: '🚰🚰🚰' }), {});
    assert.deepEqual(widened({ short: '🚰🚰🚰🚰' }), { short: 'text' });
    assert.deepEqual(widened({ day: '2026-11-20T00:00:00Z' }), {});
    assert.deepEqual(widened({ day: '2026-11-20 12:30' }), { day: 'timestamp without time zone' });
    assert.deepEqual(widened({ day: '2026-11-20T12:30:00.5+02:00' }, { day: '2026-11-20 12:30' }), {
      day: 'timestamp with time zone',
    });
  });

  it('stays as it is for what no wider type would hold, and for what PostgreSQL computes', () => {
    assert.deepEqual(widened({ id: 'x', n: true, big: { a: 1 }, day: 'soon', made: 1e9, unknown: 1 }), {});
  });

  it('is changed by one statement', () => {
    const additions = [{ name: 'New "one"', type: 'text' }];
    assert.deepEqual(buildAlteration(table, additions, [{ name: 'id', type: 'integer' }]), [
      'alter table "s"."t" add column if not exists "New ""one""" text, alter column "id" type integer',
    ]);
    assert.deepEqual(buildAlteration(table, [], []), []);
  });
});
