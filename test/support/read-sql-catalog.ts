type Query = (sql: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/** The rows of `catalog-operators.ts`, `catalog-functions.ts` and `catalog-casts.ts` as a server has them. */
export interface SqlCatalog {
  readonly operators: string;
  readonly functions: string;
  readonly casts: string;
}

/** Reads operators and functions of the given names, and all casts, from the server's catalog. */
export async function readSqlCatalog(
  query: Query,
  operatorNames: readonly string[],
  functionNames: readonly string[],
): Promise<SqlCatalog> {
  const operators = await query(
    `select oprname::text name,
       concat_ws(',', coalesce(l.typname, ''), r.typname, t.typname,
         case when p.prolang = 12 then p.prosrc else p.proname || '()' end) as row
     from pg_operator o left join pg_type l on l.oid = oprleft join pg_type r on r.oid = oprright
       join pg_type t on t.oid = oprresult join pg_proc p on p.oid = oprcode
     where oprname = any ($1) and oprnamespace = 11 order by array_position($1, oprname::text), o.oid`,
    [operatorNames],
  );
  const functions = await query(
    `select p.proname::text name,
       format('(%s)%s:%s:%s%s',
         (select string_agg(a.typname, ',' order by n) from unnest(p.proargtypes) with ordinality args (o, n)
            join pg_type a on a.oid = args.o),
         t.typname, case when prolang = 12 then prosrc else '*' end,
         concat(case when provariadic <> 0 then 'v' end, case when not proisstrict then 'n' end,
           nullif(provolatile::text, 'i')),
         case when pronargdefaults > 0 then ':' || pronargdefaults end) as row
     from pg_proc p join pg_type t on t.oid = prorettype
     where prokind = 'f' and pronamespace = 11 and proname = any ($1)
     order by array_position($1, proname::text), p.oid`,
    [functionNames],
  );
  const casts = await query(
    `select s.typname::text name,
       concat_ws(',', t.typname, c.castcontext,
         case c.castmethod when 'f' then case when p.prolang = 12 then p.prosrc else p.proname || '()' end
           else '!' || c.castmethod::text end, coalesce(p.pronargs, 0)) as row
     from pg_cast c join pg_type s on s.oid = castsource join pg_type t on t.oid = casttarget
       left join pg_proc p on p.oid = castfunc
     order by c.castsource, c.casttarget`,
  );
  return { operators: toLines(operators), functions: toLines(functions), casts: toLines(casts) };
}

function toLines(rows: readonly Record<string, unknown>[]): string {
  const byName = Map.groupBy(rows, ({ name }) => String(name));
  return [...byName].map(([name, group]) => [name, ...group.map(({ row }) => row)].join(' ')).join('\n');
}
