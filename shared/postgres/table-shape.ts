import type { ClientBase } from 'pg';
import type { Statement } from './statement.ts';
import type { TargetTable } from './target-table.ts';
import { encodeTextArray } from './text-array.ts';

/** One number for everything about a table's columns that decides how values are bound. */
const shapeOf = (oid: string) => `(
    select hashtextextended(string_agg(concat_ws(' ', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull,
      a.atthasdef, a.attgenerated, a.attidentity), ',' order by a.attnum), 0)
    from pg_attribute a where a.attrelid = ${oid} and a.attnum > 0 and not a.attisdropped)`;

/** The shape of a table as it is now. */
export async function readTableShape(client: ClientBase, oid: string): Promise<string> {
  const { rows } = await client.query<{ shape: string }>(`select ${shapeOf('$1::oid')}::text as shape`, [oid]);
  return rows[0]!.shape;
}

/**
 * Fails with `TABLE_CHANGED` when a column of one of the tables is not what the catalog said when values were bound to
 * it: PostgreSQL would cast them to the type that the column had, and from that to the new one, without a word. It stands
 * behind the rows, whose locks keep the tables as they are until the end of the transaction.
 */
export function buildShapeCheck(tables: Iterable<TargetTable>): Statement {
  const distinct = [...new Set(tables)];
  return {
    text: `select 1 / (case when count(*) = 0 then 1 else 0 end)
      from (select unnest($1::text[])::oid as oid, unnest($2::text[])::int8 as shape) v
      where v.shape is distinct from ${shapeOf('v.oid')}`,
    values: [encodeTextArray(distinct.map(({ oid }) => oid)), encodeTextArray(distinct.map(({ shape }) => shape))],
    raises: 'TABLE_CHANGED',
  };
}
