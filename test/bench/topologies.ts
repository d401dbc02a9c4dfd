import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import pg from 'pg';
import { buildBundles } from '../../functions/bundle.ts';
import { startLambdaEndpoint } from '../../localstack/lambda/lambda-endpoint.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import { startTestServer } from '../support/test-server.ts';
import { benchColumns, toBenchEnvironment, toEventTexts, toRecord, toRow } from './sink-workload.ts';

/**
 * The direct beside the chained topology: the functions' bundles on the local Lambda endpoint and a PostgreSQL server, from
 * the invocation of a batch to its answer. Both alternate in one run, so that their ratio holds where the rates do not.
 * Part of `npm run bench:filter`, or alone.
 */
const batchRecords = 5_000;
const rounds = 5;
/** Of a hundred records, how many the filter lets through. */
const shares = [1, 100];
const role = 'arn:aws:iam::000000000000:role/bench';

/** Events of records that are matched by `small < share`, whose offsets begin anew for each table. */
function toEvents(count: number): string[] {
  const records = Array.from({ length: count * batchRecords }, (_, offset) => {
    return toRecord(offset, { op: 'c', before: null, after: { ...toRow(offset), small: offset % 100 } });
  });
  return toEventTexts(records, batchRecords);
}

/** Prints milliseconds a batch and records/s of both topologies, the median of several batches. */
export async function benchTopologies(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-topologies-'));
  const server = await startTestServer({ durable: true });
  const lambda = await startLambdaEndpoint({ dataDir });
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new LambdaClient({ endpoint: lambda.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  const database = new pg.Client({ connectionString: server.url });
  try {
    await database.connect();
    const bundles = await buildBundles({ outDir: join(dataDir, 'dist'), functions: ['sink', 'filter'] });
    const createFunction = (name: string, code: string, Variables: Record<string, string>) =>
      client.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Role: role,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          MemorySize: 1769,
          Timeout: 60,
          Code: { S3Bucket: 'hot-reload', S3Key: code },
          Environment: { Variables },
        }),
      );
    const invoke = async (name: string, text: string) => {
      const startedAt = performance.now();
      const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: Buffer.from(text) }));
      const body = Buffer.from(answer.Payload ?? []).toString();
      if (answer.FunctionError !== undefined || body.includes('itemIdentifier')) throw new Error(body.slice(0, 500));
      return performance.now() - startedAt;
    };
    console.log(
      `\n| topology | records that match | ms a batch of ${batchRecords} | records/s |\n| --- | ---: | ---: | ---: |`,
    );
    for (const share of shares) {
      await database.query(`drop table if exists bench_target; drop schema if exists sluice cascade;
        create table bench_target (${benchColumns})`);
      const entries: Record<'direct' | 'chained', string> = { direct: `direct-${share}`, chained: `chained-${share}` };
      for (const topology of ['direct', 'chained'] as const) {
        // Two connectors, each with offsets of its own.
        const sql = { name: topology, 'filter.sql': `SELECT * FROM bench WHERE small < ${share}`, topology };
        const environment = toBenchEnvironment(server.url, { ...sql, 'value.converter.schemas.enable': 'false' });
        const sink = topology === 'direct' ? entries.direct : `sink-${share}`;
        await createFunction(sink, bundles.sink!, environment);
        if (topology === 'direct') continue;
        const variables = { ...environment, [environmentVariable.sinkFunction]: sink };
        await createFunction(entries.chained, bundles.filter!, {
          ...variables,
          [environmentVariable.reportsBatchItemFailures]: 'true',
        });
      }
      const times: Record<'direct' | 'chained', number[]> = { direct: [], chained: [] };
      for (const text of toEvents(rounds + 1)) {
        for (const topology of ['direct', 'chained'] as const)
          times[topology].push(await invoke(entries[topology], text));
      }
      for (const topology of ['direct', 'chained'] as const) {
        // The first batch pays for the cold start.
        const milliseconds = times[topology].slice(1).sort((a, b) => a - b)[Math.floor(rounds / 2)]!;
        const rate = Math.round((batchRecords * 1000) / milliseconds).toLocaleString('en');
        console.log(`| ${topology} | ${share} % | ${milliseconds.toFixed(0)} | ${rate} |`);
      }
    }
  } finally {
    client.destroy();
    await database.end();
    await lambda.stop();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

if (import.meta.main) await benchTopologies();
