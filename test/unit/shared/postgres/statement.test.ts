import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BoundRow, ColumnSets } from '../../../../shared/postgres/bound-row.ts';
import { buildRowKey } from '../../../../shared/postgres/row-key.ts';
import {
  buildDelete,
  buildDeleteMatch,
  buildInsert,
  buildMove,
  buildUpdate,
  buildUpdateMatch,
  buildUpsert,
  type Statement,
} from '../../../../shared/postgres/statement.ts';
import type { TargetTable } from '../../../../shared/postgres/target-table.ts';
import { encodeColumn } from '../../../../shared/postgres/column-array.ts';
import { encodeTextArray } from '../../../../shared/postgres/text-array.ts';
import { buildTargetColumn, buildTargetTable } from '../../../support/build-target-table.ts';

const id = buildTargetColumn('id', 'int4');
const name = buildTargetColumn('na"me', 'text');
const serial = buildTargetColumn('n', 'int4', { identityAlways: true });
const doc = buildTargetColumn('doc', 'json', { hasEquality: false });
const table = buildTargetTable([id, name, doc], ['id']);
const strict = buildTargetTable([id, name, buildTargetColumn('must', 'text', { required: true })], ['id']);
const withIdentity = buildTargetTable([id, serial, name], ['id']);
const keyless = buildTargetTable([id, name, doc], []);

/** A row of the table from column → text. */
function rowOf(target: TargetTable, values: Readonly<Record<string, string | null>>): BoundRow {
  const columns = Object.keys(values).map((column) => target.columns.get(column)!);
  return { set: new ColumnSets(target).of(columns), values: Object.values(values) };
}

function assertStatement(statement: Statement, text: string, values: Statement['values'], expectedRows?: number): void {
  assert.equal(statement.text.replace(/\s+/g, ' ').trim(), text.replace(/\s+/g, ' ').trim());
  assert.deepEqual(statement.values, values);
  assert.equal(statement.expectedRows, expectedRows);
}

const one = buildRowKey([id], ['1']);
const two = buildRowKey([id], ['2']);
const rows = [rowOf(table, { id: '1', 'na"me': 'x' }), rowOf(table, { id: '2', 'na"me': null })];
/** `int4[]` as one parameter. */
function encodeIntegers(...texts: readonly string[]): Buffer {
  const rows = texts.map((text) => ({ values: [text] }));
  return encodeColumn(rows, 0, { baseType: 'int4', isArray: false }).value;
}

const arrays = [encodeIntegers('1', '2'), encodeTextArray(['x', null])];
const selected = 'select unnest($1::int4[])::int4 as c0, unnest($2::text[])::text as c1';

describe('the statements of a table with a key', () => {
  it('delete by key', () => {
    assertStatement(
      buildDelete(table, [one, two]),
      'delete from "s"."t" t using (select unnest($1::int4[])::int4 as k0) s where t."id" = s.k0',
      [encodeIntegers('1', '2')],
    );
  });

  it('insert', () => {
    assertStatement(
      buildInsert(table, rows),
      `insert into "s"."t" ("id", "na""me") overriding system value ${selected}`,
      arrays,
    );
    assertStatement(
      buildInsert(table, [rowOf(table, {}), rowOf(table, {})]),
      'insert into "s"."t" select from generate_series(1, 2)',
      [],
    );
  });

  it('upsert what may be inserted as it is', () => {
    assertStatement(
      buildUpsert(table, rows),
      `insert into "s"."t" ("id", "na""me") overriding system value ${selected}
       on conflict ("id") do update set "na""me" = excluded."na""me"`,
      arrays,
    );
    assertStatement(
      buildUpsert(table, [rowOf(table, { id: '1' })]),
      `insert into "s"."t" ("id") overriding system value select unnest($1::int4[])::int4 as c0
       on conflict ("id") do nothing`,
      [encodeIntegers('1')],
    );
  });

  it('update first where an insert may be refused, and insert what was not found', () => {
    const text = `with s as materialized (${selected}),
      u as ( update "s"."t" t set "na""me" = s.c1 from s where t."id" = s.c0 returning t."id" as k0 )
      insert into "s"."t" ("id", "na""me") overriding system value select s.c0, s.c1 from s
      where not exists (select from u where u.k0 = s.c0)`;
    const partial = rows.map(({ values }) => ({ set: rowOf(strict, { id: '1', 'na"me': '' }).set, values }));
    assertStatement(
      buildUpsert(strict, partial),
      `${text} on conflict ("id") do update set "na""me" = excluded."na""me"`,
      arrays,
    );
    assertStatement(buildUpsert({ ...table, keyIsUnique: false }, rows), text, arrays);
    assertStatement(
      buildUpsert(strict, [rowOf(strict, { id: '1' })]),
      `with s as materialized (select unnest($1::int4[])::int4 as c0),
      u as ( select t."id" as k0 from "s"."t" t, s where t."id" = s.c0 )
      insert into "s"."t" ("id") overriding system value select s.c0 from s
      where not exists (select from u where u.k0 = s.c0) on conflict ("id") do nothing`,
      [encodeIntegers('1')],
    );
  });

  it('update what is there, and count what is not', () => {
    const keyedRows = rows.map((row, i) => ({ key: [one, two][i]!, row }));
    assertStatement(
      buildUpdate(table, keyedRows),
      `update "s"."t" t set "na""me" = s.c1 from (${selected}, unnest($3::int4[])::int4 as k0) s where t."id" = s.k0`,
      [...arrays, encodeIntegers('1', '2')],
      2,
    );
    assertStatement(
      buildUpdate(table, [{ key: one, row: rowOf(table, { id: '1' }) }]),
      `select from "s"."t" t, (select unnest($1::int4[])::int4 as c0, unnest($2::int4[])::int4 as k0) s where t."id" = s.k0`,
      [encodeIntegers('1'), encodeIntegers('1')],
      1,
    );
  });

  it('move a row to another key in mode insert', () => {
    const [statement, ...others] = buildMove(table, { key: one, newKey: two, row: rowOf(table, { id: '2' }) }, false);
    assert.equal(others.length, 0);
    assertStatement(
      statement!,
      `update "s"."t" t set "id" = s.c0 from (select unnest($1::int4[])::int4 as c0, unnest($2::int4[])::int4 as k0) s
       where t."id" = s.k0`,
      [encodeIntegers('2'), encodeIntegers('1')],
      1,
    );
  });

  it('move a row to another key in mode upsert, in place of what stands there', () => {
    const row = rowOf(table, { 'na"me': null, id: '2' });
    const [clear, write] = buildMove(table, { key: one, newKey: two, row }, true);
    assertStatement(
      clear!,
      `delete from "s"."t" t where t."id" = $2::int4 and not ($1::int4 = $2::int4)
       and exists (select from "s"."t" o where o."id" = $1::int4)`,
      ['1', '2'],
    );
    assertStatement(
      write!,
      `with moved as (update "s"."t" t set "na""me" = $1::text, "id" = $2::int4 where t."id" = $3::int4 returning 1)
       insert into "s"."t" ("na""me", "id") overriding system value select $1::text, $2::int4
       where not exists (select from moved) on conflict ("id") do update set "na""me" = excluded."na""me"`,
      [null, '2', '1'],
    );
  });

  it('leave identity columns to inserts', () => {
    const row = rowOf(withIdentity, { id: '2', n: '7' });
    const texts = [
      buildUpsert(withIdentity, [row]).text,
      buildUpdate(withIdentity, [{ key: one, row }]).text,
      buildMove(withIdentity, { key: one, newKey: two, row }, false)[0]!.text,
      buildMove(withIdentity, { key: one, newKey: two, row }, true)[1]!.text,
      buildUpdateMatch({ ...withIdentity, keyColumns: [] }, row, row, true).text,
    ];
    for (const text of texts) assert.doesNotMatch(text, /set[^(]*"n" =|, "n" = /, text);
  });
});

describe('the statements of a table without key', () => {
  const full = rowOf(keyless, { id: '1', 'na"me': null, doc: '{}' });
  const fullMatch = `(t.tableoid, t.ctid) in (select m.tableoid, m.ctid from "s"."t" m
    where m."id" = $P1::int4 and m."na""me" is null and m."doc"::text = ($P2::json)::text limit 1)`;
  const matchAt = (first: number) => fullMatch.replace('$P1', `$${first}`).replace('$P2', `$${first + 1}`);

  it('delete one row for a full image, and every fitting row for a partial one', () => {
    assertStatement(buildDeleteMatch(keyless, full), `delete from "s"."t" t where ${matchAt(1)}`, ['1', '{}']);
    assertStatement(
      buildDeleteMatch(keyless, rowOf(keyless, { id: '1' })),
      `delete from "s"."t" t where (t.tableoid, t.ctid) in
       (select m.tableoid, m.ctid from "s"."t" m where m."id" = $1::int4)`,
      ['1'],
    );
  });

  it('update what fits, and insert it in mode upsert when nothing does', () => {
    const row = rowOf(keyless, { id: '2' });
    const text = `update "s"."t" t set "id" = $1::int4 where ${matchAt(2)} returning 1`;
    assertStatement(buildUpdateMatch(keyless, full, row, false), text, ['2', '1', '{}'], 1);
    assertStatement(
      buildUpdateMatch(keyless, full, row, true),
      `with updated as (${text}) insert into "s"."t" ("id") overriding system value
       select $1::int4 where not exists (select from updated)`,
      ['2', '1', '{}'],
    );
  });
});
