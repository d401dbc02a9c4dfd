import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from 'pg';
import { buildBundles, entryClosureBytes } from '../../functions/bundle.ts';
import { benchColumns, toBenchEnvironment, toEventTexts, toRecord, toRow } from './sink-workload.ts';

const records = 10_000;

/**
 * What a new instance of the deployed bundle takes: the bytes that it loads, milliseconds to load them, and the most
 * memory that its process held for one event of 10,000 records, 6 MB as Lambda delivers it at most.
 */
export async function measureColdStart(client: Client, url: string): Promise<Record<string, unknown>> {
  await client.query(`drop table if exists bench_target; drop schema if exists sluice cascade;
    create table bench_target (${benchColumns})`);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const { sink } = await buildBundles({ outDir: folder, functions: ['sink'] });
    const event = join(folder, 'event.json');
    writeFileSync(event, toEventTexts(toWideRecords(), records)[0]!);
    const script = `
      import { readFileSync } from 'node:fs';
      const idleMb = process.resourceUsage().maxRSS / 1024;
      const startedAt = performance.now();
      const { handler } = await import(${JSON.stringify(join(sink, 'index.mjs'))});
      const loadMs = performance.now() - startedAt;
      const event = JSON.parse(readFileSync(${JSON.stringify(event)}, 'utf8'));
      const beganAt = performance.now();
      await handler(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 });
      const firstEventMs = performance.now() - beganAt;
      console.error(JSON.stringify({ loadMs, firstEventMs, idleMb, peakMb: process.resourceUsage().maxRSS / 1024 }));
      process.exit(0);`;
    const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env: toBenchEnvironment(url),
    });
    const measured = JSON.parse(stderr.trim().split('\n').at(-1)!) as Record<string, number>;
    return {
      'bundle KB': ((await entryClosureBytes(sink)) / 1_000).toFixed(0),
      'event MB': (statSync(event).size / 1_000_000).toFixed(1),
      ...Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, value.toFixed(0)])),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As many as one event may hold, of the size at which they fill it. */
function toWideRecords() {
  const label = 'l'.repeat(130);
  return Array.from({ length: records }, (_, i) =>
    toRecord(i, { op: 'c', before: null, after: { ...toRow(i), label } }),
  );
}
