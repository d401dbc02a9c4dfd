import type { ClientBase } from 'pg';
import type { TargetType } from './target-table.ts';

// The types that were asked for and whatever they are made of.
const typeSql = `
  with recursive made as (
    select unnest($1::text[])::oid as oid
    union
    select part.oid from made m join pg_type t on t.oid = m.oid
    cross join lateral (
      select t.typbasetype as oid where t.typtype = 'd'
      union all select t.typelem where t.typcategory = 'A' and t.typelem <> 0
      union all select a.atttypid from pg_attribute a
        where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) part
  )
  select t.oid::int8::text as oid, t.typname as name, format_type(t.oid, -1) as cast_type, t.typtypmod as domain_modifier,
    case when t.typtype = 'd' then t.typbasetype::int8::text end as base,
    case when t.typcategory = 'A' and t.typelem <> 0 then t.typelem::int8::text end as element,
    (
      select jsonb_agg(jsonb_build_array(a.attname, a.atttypid::int8::text, a.atttypmod) order by a.attnum)
      from pg_attribute a
      where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) as attributes
  from made join pg_type t on t.oid = made.oid`;

interface TypeRow {
  readonly oid: string;
  readonly name: string;
  readonly cast_type: string;
  readonly domain_modifier: number;
  readonly base: string | null;
  readonly element: string | null;
  readonly attributes: readonly (readonly [name: string, oid: string, modifier: number])[] | null;
}

/** Types of types of types: PostgreSQL refuses rings, and nobody makes as many by hand. */
const maxDepth = 32;

/**
 * Reads what composite types and arrays of types that users made consist of; the answer tells a type by its oid, undefined
 * for one that is gone.
 */
export async function readTargetTypes(
  client: ClientBase,
  oids: readonly string[],
): Promise<(oid: string) => TargetType | undefined> {
  const { rows } = await client.query<TypeRow>(typeSql, [oids]);
  const byOid = new Map(rows.map((row) => [row.oid, row]));
  return (oid) => toType(byOid, oid, -1, 0);
}

function toType(
  byOid: ReadonlyMap<string, TypeRow>,
  oid: string,
  modifier: number,
  depth: number,
): TargetType | undefined {
  const row = byOid.get(oid);
  if (row === undefined || depth > maxDepth) return undefined;
  if (row.base !== null) {
    const below = toType(byOid, row.base, modifier === -1 ? row.domain_modifier : modifier, depth + 1);
    return below && { ...below, castType: row.cast_type };
  }
  const element = row.element === null ? undefined : toType(byOid, row.element, modifier, depth + 1);
  const attributes = row.attributes?.flatMap(([name, typeOid, typeModifier]) => {
    const type = toType(byOid, typeOid, typeModifier, depth + 1);
    return type === undefined ? [] : [{ name, type }];
  });
  return {
    castType: row.cast_type,
    baseType: row.name,
    isArray: row.element !== null,
    typeModifier: modifier,
    ...(element && { element }),
    ...(attributes && { attributes }),
  };
}
