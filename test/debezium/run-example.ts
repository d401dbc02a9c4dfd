import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { createConnector, createTopic } from '../support/stack-client.ts';
import { buildChanges, buildSnapshot, toSourceSize } from './changes.ts';
import { type ComparedTable, describeDifferences, isTableEqual } from './compare.ts';
import { type ExampleStack, readSql } from './example-stack.ts';
import { sendOutbox } from './outbox-producer.ts';
import {
  buildPipelines,
  countPartitions,
  orderCondition,
  type Pipeline,
  sourceTables,
  toDebeziumConfig,
  toSluiceConfigs,
} from './pipelines.ts';

/** What {@link runExample} is told. */
export interface ExampleOptions {
  /** Rows that the snapshot finds, over all tables. */
  readonly rows: number;
  /** Names of pipelines to run; absent: all. */
  readonly names?: readonly string[];
  /** How long the snapshot, and then the changes, may take. */
  readonly timeoutMs: number;
  readonly say: (line: string) => void;
}

interface RunningPipeline {
  readonly pipeline: Pipeline;
  readonly target: pg.Client;
}

const pollMs = 250;

/**
 * Fills the source, lets Debezium and a producer transfer it through Kafka and Sluice in every form of records, changes
 * it meanwhile, and compares each target with the source. Answers sentences about what differs, none when all is equal.
 */
export async function runExample(stack: ExampleStack, options: ExampleOptions): Promise<string[]> {
  const { say } = options;
  const size = toSourceSize(options.rows);
  const source = await stack.connect(stack.sourceUrl);
  await source.query(readSql('source.sql'));
  await source.query(readSql('outbox.sql'));
  for (const statement of buildSnapshot(size)) await source.query(statement);
  const pipelines = buildPipelines(stack.registryUrl).filter(({ name }) => options.names?.includes(name) ?? true);
  const started = performance.now();
  const running = await Promise.all(pipelines.map((pipeline) => startPipeline(stack, pipeline)));
  const producer = new OutboxPump(stack, source, running);
  const differences: string[] = [];
  await settle({ source, running, producer, timeoutMs: options.timeoutMs, left: [], differences, say });
  if (differences.length > 0) return differences;
  say(`Snapshot of ${options.rows} rows: equal in ${running.length} targets after ${elapsed(started)}`);
  const changed = performance.now();
  let emptied: string[] = [];
  for (const statement of buildChanges(size)) {
    if (statement.startsWith('truncate')) emptied = await readTypeIds(source);
    await source.query(`begin; ${statement}; commit`);
    await producer.send();
  }
  const there = new Set(await readTypeIds(source));
  const left = emptied.filter((id) => !there.has(id));
  await settle({ source, running, producer, timeoutMs: options.timeoutMs, left, differences, say });
  if (differences.length === 0) say(`Changes: equal in ${running.length} targets after ${elapsed(changed)}`);
  return differences;
}

/** Sends the outbox to Kafka where a pipeline reads it. */
class OutboxPump {
  readonly #stack: ExampleStack;
  readonly #source: pg.Client;
  readonly #prefix: string | undefined;
  #lastId = 0n;

  constructor(stack: ExampleStack, source: pg.Client, running: readonly RunningPipeline[]) {
    this.#stack = stack;
    this.#source = source;
    this.#prefix = running.find(({ pipeline }) => pipeline.debezium === undefined)?.pipeline.name;
  }

  async send(): Promise<void> {
    if (this.#prefix === undefined) return;
    this.#lastId = await sendOutbox(this.#source, this.#stack.topics, this.#prefix, this.#lastId);
  }
}

async function startPipeline(stack: ExampleStack, pipeline: Pipeline): Promise<RunningPipeline> {
  const targetUrl = await stack.createTarget(pipeline.name);
  const target = await stack.connect(targetUrl);
  await target.query(readSql('source.sql'));
  for (const table of sourceTables) {
    await createTopic(stack.stack, `${pipeline.name}.shop.${table}`, countPartitions(pipeline, table));
  }
  if (pipeline.debezium !== undefined) {
    const response = await fetch(`${stack.workerUrl}/connectors`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: pipeline.name, config: toDebeziumConfig(pipeline, stack.sourceUrl) }),
    });
    if (!response.ok) throw new Error(`Kafka Connect refused ${pipeline.name}: ${await response.text()}`);
    await response.body?.cancel();
  }
  for (const [name, config] of toSluiceConfigs(pipeline, targetUrl)) await createConnector(stack.stack, name, config);
  return { pipeline, target };
}

/** Waits until every target is equal to the source, or one has a dead letter or is late, and tells what differs. */
async function settle(given: {
  readonly source: pg.Client;
  readonly running: readonly RunningPipeline[];
  readonly producer: OutboxPump;
  readonly timeoutMs: number;
  /** Keys of rows of `shop.types` that a truncate alone removed. */
  readonly left: readonly string[];
  readonly differences: string[];
  readonly say: (line: string) => void;
}): Promise<void> {
  const { source, running, producer, differences, say } = given;
  await producer.send();
  const open = new Set(running);
  const started = performance.now();
  const look = async () => {
    for (const each of open) {
      const problems = await readProblems(each);
      if (problems.length > 0) {
        differences.push(...problems);
        open.delete(each);
      } else if (await isEqual(source, each, given.left)) {
        say(`  ${each.pipeline.title}: equal after ${elapsed(started)}`);
        open.delete(each);
      }
    }
    return open.size === 0;
  };
  while (!(await look()) && performance.now() - started < given.timeoutMs) await delay(pollMs);
  for (const each of open) {
    differences.push(`${each.pipeline.title}: not equal after ${given.timeoutMs} ms.`, ...(await readBlocks(each)));
    for (const table of toCompared(each.pipeline, given.left)) {
      if (await isTableEqual(source, each.target, table)) continue;
      differences.push(...(await describeDifferences(source, each.target, table)));
    }
  }
}

async function readTypeIds(source: pg.Client): Promise<string[]> {
  const { rows } = await source.query<{ id: string }>('select id::text from shop.types');
  return rows.map(({ id }) => id);
}

async function isEqual(source: pg.Client, { pipeline, target }: RunningPipeline, left: readonly string[]) {
  for (const table of toCompared(pipeline, left)) {
    if (!(await isTableEqual(source, target, table))) return false;
  }
  return true;
}

function toCompared(pipeline: Pipeline, left: readonly string[]): readonly ComparedTable[] {
  // Flat records cannot say that a table was emptied: what it had is left where nothing overwrote it.
  const targetWhere = pipeline.keepsTruncated ? `id::text <> all('{${left.join(',')}}')` : 'true';
  return [
    { table: 'shop.orders', where: orderCondition, targetWhere: 'true', without: [] },
    { table: 'shop.types', where: 'true', targetWhere, without: pipeline.lacks ?? [] },
  ];
}

/** Sentences about dead letters: whatever a run has of them is a failure. */
async function readProblems({ pipeline, target }: RunningPipeline): Promise<string[]> {
  if (!(await hasLedger(target))) return [];
  const { rows } = await target.query(
    `select topic, partition, "offset", code, message from sluice.dead_letters order by 1, 2, 3 limit 5`,
  );
  return rows.map((row) => `${pipeline.title}: dead letter ${JSON.stringify(row)}`);
}

async function readBlocks({ target }: RunningPipeline): Promise<string[]> {
  if (!(await hasLedger(target))) return ['  It has taken no record yet.'];
  const { rows } = await target.query(
    `select topic, partition, next_offset, applied, filtered, blocked_code, blocked_message from sluice.offsets order by 1, 2`,
  );
  return rows.map((row) => `  ${JSON.stringify(row)}`);
}

async function hasLedger(target: pg.Client): Promise<boolean> {
  const { rows } = await target.query(`select to_regclass('sluice.dead_letters') is not null as there`);
  return rows[0].there as boolean;
}

function elapsed(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
