import type pg from 'pg';

/** A table that source and target must agree on. */
export interface ComparedTable {
  /** `schema.table`, with the key `id`. */
  readonly table: string;
  /** Condition in SQL on the rows of the source. */
  readonly where: string;
  /** Condition in SQL on the rows of the target; those that it leaves out are not compared. */
  readonly targetWhere: string;
  /** Columns that are not compared. */
  readonly without: readonly string[];
}

/** Types whose texts may differ though their values are equal, and the type whose texts are compared instead. */
const comparable: Readonly<Record<string, string>> = { json: 'jsonb' };

/** At most so many rows and columns are told. */
const toldRows = 3;
const toldCharacters = 120;

/** How many rows of the table the condition lets through, and a digest of all their values, in SQL. */
export async function digestTable(
  client: pg.Client,
  columns: readonly string[],
  table: string,
  where: string,
): Promise<{ readonly rows: number; readonly digest: string }> {
  const { rows } = await client.query<{ rows: number; digest: string }>(
    `select count(*)::int as rows, md5(coalesce(string_agg(hash, '' order by hash), '')) as digest
       from (select md5(row(${columns.join(', ')})::text) as hash from ${table} where ${where}) hashes`,
  );
  return rows[0]!;
}

/** Columns of a table as expressions of the text that is compared. */
export async function readComparedColumns(
  client: pg.Client,
  { table, without }: Pick<ComparedTable, 'table' | 'without'>,
): Promise<string[]> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select quote_ident(attname) as name, atttypid::regtype::text as type from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname <> all($2) order by attnum`,
    [table, without],
  );
  return rows.map(
    ({ name, type }) => `${comparable[type] === undefined ? name : `${name}::${comparable[type]}`}::text`,
  );
}

/** Whether all rows and columns of the source that the conditions let through are the same in both databases. */
export async function isTableEqual(source: pg.Client, target: pg.Client, compared: ComparedTable): Promise<boolean> {
  const columns = await readComparedColumns(source, compared);
  if ((await readComparedColumns(target, compared)).length < columns.length) return false;
  const [expected, actual] = await Promise.all([
    digestTable(source, columns, compared.table, compared.where),
    digestTable(target, columns, compared.table, compared.targetWhere),
  ]);
  return expected.rows === actual.rows && expected.digest === actual.digest;
}

/** Sentences about rows that differ, the first ones only. */
export async function describeDifferences(
  source: pg.Client,
  target: pg.Client,
  compared: ComparedTable,
): Promise<string[]> {
  const { table } = compared;
  const columns = await readComparedColumns(source, compared);
  const there = new Set(await readComparedColumns(target, compared));
  const lacking = columns.filter((column) => !there.has(column));
  if (lacking.length > 0) return [`${table}: the target lacks ${lacking.join(', ')}.`];
  const [expected, actual] = await Promise.all([
    readHashes(source, columns, table, compared.where),
    readHashes(target, columns, table, compared.targetWhere),
  ]);
  const missing = [...expected.keys()].filter((id) => !actual.has(id));
  const additional = [...actual.keys()].filter((id) => !expected.has(id));
  const other = [...expected].filter(([id, hash]) => actual.has(id) && actual.get(id) !== hash).map(([id]) => id);
  const told = [
    `${table}: ${expected.size} rows at the source, ${actual.size} at the target; missing ${missing.length} (${missing.slice(0, toldRows)}), too many ${additional.length} (${additional.slice(0, toldRows)}), different ${other.length}.`,
  ];
  for (const id of other.slice(0, toldRows)) {
    const [left, right] = await Promise.all([readRow(source, columns, table, id), readRow(target, columns, table, id)]);
    for (const [index, column] of columns.entries()) {
      if (left[index] === right[index]) continue;
      told.push(`  ${id} ${column}: source ${shorten(left[index])}, target ${shorten(right[index])}`);
    }
  }
  return told;
}

async function readHashes(client: pg.Client, columns: readonly string[], table: string, where: string) {
  const { rows } = await client.query<{ id: string; hash: string }>(
    `select id::text as id, md5(row(${columns.join(', ')})::text) as hash from ${table} where ${where} order by 1`,
  );
  return new Map(rows.map(({ id, hash }) => [id, hash]));
}

async function readRow(client: pg.Client, columns: readonly string[], table: string, id: string) {
  const { rows } = await client.query<(string | null)[]>({
    text: `select ${columns.join(', ')} from ${table} where id::text = $1`,
    values: [id],
    rowMode: 'array',
  });
  return rows[0] ?? [];
}

function shorten(value: string | null | undefined): string {
  return JSON.stringify(value ?? null).slice(0, toldCharacters);
}
