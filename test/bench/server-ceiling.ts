import type { Client } from 'pg';

const columns = ['id', 'small', 'num', 'flag', 'ratio', 'day', 'at', 'label', 'amount', 'code'];
const assigned = columns.slice(1).map((name) => `${name} = excluded.${name}`);
const loadedAtOnce = 10_000;

/**
 * What the server does alone: the rows lie in one of its own tables, and are merged into `bench_target`, `batch` of them a
 * transaction and in the order given, without a client's encoding or a network. Answers rows a millisecond.
 */
export async function measureServerCeiling(client: Client, rows: readonly object[], batch: number): Promise<number> {
  await client.query(`drop table if exists bench_source;
    create unlogged table bench_source (n integer primary key, like bench_target)`);
  for (let from = 0; from < rows.length; from += loadedAtOnce) {
    const text = `insert into bench_source select $2 + o, (jsonb_populate_record(null::bench_target, v)).*
      from jsonb_array_elements($1::jsonb) with ordinality e (v, o)`;
    await client.query(text, [JSON.stringify(rows.slice(from, from + loadedAtOnce)), from]);
  }
  await client.query('vacuum analyze bench_source');
  await client.query('checkpoint');
  const text = `insert into bench_target select ${columns.join(', ')} from bench_source where n > $1 and n <= $2
    on conflict (id) do update set ${assigned.join(', ')}`;
  const startedAt = performance.now();
  for (let from = 0; from < rows.length; from += batch) {
    await client.query({ name: 'ceiling', text, values: [from, from + batch] });
  }
  return rows.length / (performance.now() - startedAt);
}
