import fc from 'fast-check';
import type { WriteMode } from '../../shared/postgres/target-settings.ts';
import { buildChangeStream, changeDrafts } from './change-stream.ts';
import { DeliveryLoop } from './delivery-loop.ts';
import { type DeliveredStream, expectReplay } from './expect-replay.ts';
import { createTableStatement, targetShapes } from './target-shape.ts';
import type { TestDatabase } from './test-database.ts';

/** Partitions of every topic. */
export const partitionCount = 3;

/** How a connector of a run writes. */
export const writeModes: fc.Arbitrary<WriteMode> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<WriteMode>('upsert') },
  { weight: 4, arbitrary: fc.constantFrom<WriteMode>('insert', 'insert_ignore', 'update') },
);
export const poisonKeys: fc.Arbitrary<'hold' | 'skip'> = fc.constantFrom('hold', 'skip');

/** Drafts of a stream that is written to a table of some shape. */
export interface DraftedStream {
  readonly shape: string;
  readonly drafts: Parameters<typeof buildChangeStream>[3];
}

export function draftedStreams(maxLength: number): fc.Arbitrary<DraftedStream> {
  return fc.record({
    shape: fc.constantFrom(...targetShapes.map(({ name }) => name)),
    drafts: changeDrafts(partitionCount, maxLength),
  });
}

/** The streams of a run, each with a table of its own, and the connector that writes them. */
export interface ReplayScenario {
  readonly streams: readonly DeliveredStream[];
  readonly connector: string;
  readonly config: Record<string, string>;
}

let turn = 0;

/** Tables and a connector of its own for each run, so that nothing but the server is shared between runs. */
export async function prepareScenario(
  database: Pick<TestDatabase, 'query'>,
  mode: WriteMode,
  poisonKey: 'hold' | 'skip',
  drafted: readonly DraftedStream[],
): Promise<ReplayScenario> {
  turn += 1;
  const connector = `connector-${turn}`;
  const streams: DeliveredStream[] = [];
  for (const [index, { shape: shapeName, drafts }] of drafted.entries()) {
    const drawn = targetShapes.find(({ name }) => name === shapeName)!;
    // Mode update finds rows by their keys alone.
    const shape = mode === 'update' && drawn.key.length === 0 ? targetShapes[0]! : drawn;
    const table = `${shape.name}_${turn}_${index}`;
    await database.query(createTableStatement(shape, table));
    const stream = buildChangeStream(shape, mode, poisonKey === 'hold', drafts, partitionCount);
    const records = stream.partitions.map((partition) => partition.map((record) => ({ ...record, topic: table })));
    streams.push({ connector, shape, table, stream, loop: new DeliveryLoop(table, records) });
  }
  const topics = streams.map(({ table }) => table).join();
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the property's own placeholder
  const config = { topics, 'table.name.format': '${topic}', writeMode: mode, 'poison.key': poisonKey };
  return { connector, streams, config };
}

/** Asserts that every stream ended in the rows, dead letters and totals of a plain replay. */
export async function expectReplays(database: Pick<TestDatabase, 'query'>, { streams }: ReplayScenario): Promise<void> {
  for (const delivered of streams) {
    await expectReplay(database, delivered).catch((cause: unknown) => {
      throw new Error(`${(cause as Error).message}\nThe stream of ${describe(delivered)}`, { cause });
    });
  }
}

export async function dropTables(database: Pick<TestDatabase, 'query'>, { streams }: ReplayScenario): Promise<void> {
  for (const { table } of streams) await database.query(`drop table "${table}"`);
}

/** The records of a small stream, so that a shrunk counterexample can be read. */
function describe({ shape, stream }: DeliveredStream): string {
  const records = stream.partitions.flat();
  const shown = records.slice(0, 12).map(({ partition, offset, value }) => {
    return `${partition}/${offset} ${Buffer.from(value as string).toString()}`;
  });
  return [`${shape.name}, ${records.length} records:`, ...shown].join('\n  ');
}
