import type { Client } from 'pg';
import { benchColumns, benchContext, buildRecords, createBenchSink, toEventTexts } from './sink-workload.ts';

const baseRows = 10_000;
const batch = 1_000;
const rounds = 3;

/**
 * Microseconds per record, best of some rounds, for records that overwrite rows of tables of 1, 10 and 100 times the base
 * size, and for 1, 4 and 16 times as many records.
 */
export async function measureTableSizes(client: Client, url: string): Promise<Record<string, unknown>[]> {
  const results: Record<string, unknown>[] = [];
  for (const factor of [1, 10, 100]) {
    const rows = baseRows * factor;
    await client.query(`drop table if exists bench_target; drop schema if exists sluice cascade;
      create table bench_target (${benchColumns});
      insert into bench_target select i, i % 30000, i, i % 2 = 0, i / 7.0, date '2026-11-20', now(), 'label of row number ' || i,
        i + 0.25, 'C-' || i from generate_series(0, ${rows - 1}) i`);
    await client.query('vacuum analyze bench_target');
    const line: Record<string, unknown> = { 'rows of the table': rows };
    const handler = createBenchSink(url);
    let offset = 0;
    const run = async (records: number): Promise<number> => {
      const texts = toEventTexts(buildRecords(records, offset, 'overwrite', rows), batch);
      offset += records;
      const startedAt = performance.now();
      for (const text of texts) await handler(JSON.parse(text), benchContext);
      return ((performance.now() - startedAt) * 1_000) / records;
    };
    await run(batch);
    for (const records of [4_000, 16_000, 64_000]) {
      const times: number[] = [];
      for (let round = 0; round < rounds; round++) times.push(await run(records));
      line[`µs/record of ${records}`] = Math.min(...times).toFixed(1);
    }
    await handler.close();
    results.push(line);
  }
  return results;
}
