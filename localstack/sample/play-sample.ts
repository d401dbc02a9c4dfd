import { readFileSync } from 'node:fs';
import pg from 'pg';
import { toPsqlText } from '../cli/query-result.ts';
import { requestJson } from '../cli/request-json.ts';
import { runQuery } from '../cli/run-query.ts';
import { waitUntilVisible } from './ledger-watch.ts';
import { withTargetDatabase } from './target-database.ts';

/** Where the sample is played and who hears of it. */
export interface SampleStage {
  readonly databaseUrl: string;
  readonly connectUrl: string;
  readonly kafkaRestUrl: string;
  /** True for a database that is not the stack's own: a table people in it is left alone. */
  readonly keepsTable: boolean;
  readonly say: (line: string) => void;
  /** Ends the play. */
  readonly signal: AbortSignal;
}

interface SampleConnector {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

const visibleDeadlineMs = 30_000;

/**
 * Shows a newcomer the whole way once: makes the sample's table and connector, sends its three messages one by one
 * through the topic REST API, and prints after each the table and the time from the produce call until the row was
 * visible. What is there already from a play that was broken off is used.
 *
 * @throws SluiceError SERVICE_FAILED
 */
export async function playSample(stage: SampleStage): Promise<void> {
  const connector = JSON.parse(readSample('cud-sink.json')) as SampleConnector;
  const topic = connector.config.topics ?? '';
  const client = new pg.Client({ connectionString: stage.databaseUrl });
  await client.connect();
  try {
    if (stage.keepsTable && (await hasTable(client))) {
      stage.say('The database has a table people already, so the sample is left out.');
      return;
    }
    await client.query(readSample('cud.sql').replace(/^create table /, 'create table if not exists '));
    await createConnector(stage, connector);
    stage.say('');
    stage.say(`Connector ${connector.name} writes topic ${topic} into table people. Its three sample messages:`);
    const messages = readSample('cud-messages.jsonl').trim().split('\n');
    for (const [at, message] of messages.entries()) {
      stage.say('');
      stage.say(`  ${message}`);
      const sinceMs = performance.now();
      const sent = await produce(stage, topic, message);
      await waitUntilVisible(client, { connector: connector.name, topic, ...sent }, visibleDeadlineMs, stage.signal);
      const elapsedMs = performance.now() - sinceMs;
      stage.say(`  visible after ${elapsedMs.toFixed(1)} ms${at === 0 ? ', the start of the function included' : ''}:`);
      for (const line of (await readTable(stage.databaseUrl)).split('\n')) stage.say(`    ${line}`);
    }
  } finally {
    await client.end();
  }
}

function readSample(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

async function createConnector(
  { connectUrl, databaseUrl }: SampleStage,
  { name, config }: SampleConnector,
): Promise<void> {
  const existing = await requestJson<string[]>(`${connectUrl}/connectors`);
  if (existing.includes(name)) return;
  const body = { name, config: withTargetDatabase(config, databaseUrl) };
  await requestJson(`${connectUrl}/connectors`, { method: 'POST', body });
}

async function produce(
  stage: SampleStage,
  topic: string,
  message: string,
): Promise<{ partition: number; offset: number }> {
  const { offsets } = await requestJson<{ offsets: [{ partition: number; offset: number }] }>(
    `${stage.kafkaRestUrl}/topics/${encodeURIComponent(topic)}`,
    {
      method: 'POST',
      contentType: 'application/vnd.kafka.binary.v2+json',
      body: { records: [{ value: Buffer.from(message).toString('base64') }] },
    },
  );
  return { partition: offsets[0].partition, offset: offsets[0].offset };
}

async function hasTable(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>("select to_regclass('people') is not null as found");
  return rows[0]?.found === true;
}

async function readTable(databaseUrl: string): Promise<string> {
  const results = await runQuery(databaseUrl, 'select * from people order by id');
  return results.map(toPsqlText).join('\n');
}
