import type { Client } from 'pg';

const written = ['small', 'num', 'flag', 'ratio', 'day', 'at', 'label', 'amount', 'code'];
const assigned = written.map((name) => `${name} = excluded.${name}`).join(', ');

/**
 * What the server does alone: the rows of `bench_target` lie in one of its own tables, and are merged into the emptied
 * target, `batch` of them a transaction, without a client's encoding or a network. Answers rows a millisecond.
 */
export async function measureServerCeiling(client: Client, batch: number): Promise<number> {
  await client.query(`drop table if exists bench_source;
    create unlogged table bench_source (like bench_target including indexes);
    insert into bench_source select * from bench_target order by id;
    truncate bench_target; analyze bench_source`);
  const { rows: bounds } = await client.query<{ id: string }>(
    `select id from (select id, row_number() over (order by id) as n from bench_source) s
       where n % $1 = 0 or n = (select count(*) from bench_source) order by id`,
    [batch],
  );
  const { rows: counted } = await client.query<{ n: number }>('select count(*)::int as n from bench_source');
  await client.query('checkpoint');
  const text = `insert into bench_target select * from bench_source where id > $1 and id <= $2
    on conflict (id) do update set ${assigned}`;
  const startedAt = performance.now();
  let last = '-1';
  for (const { id } of bounds) {
    await client.query({ name: 'ceiling', text, values: [last, id] });
    last = id;
  }
  return counted[0]!.n / (performance.now() - startedAt);
}
