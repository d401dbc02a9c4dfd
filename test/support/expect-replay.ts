import assert from 'node:assert/strict';
import { type ChangeStream, replayStream, type StreamReplay } from './change-stream.ts';
import type { DeliveryLoop } from './delivery-loop.ts';
import { toComparableRows } from './replay-model.ts';
import type { TargetShape } from './target-shape.ts';
import type { TestDatabase } from './test-database.ts';

/** A delivered stream and where it went. */
export interface DeliveredStream {
  readonly connector: string;
  readonly shape: TargetShape;
  readonly table: string;
  readonly stream: ChangeStream;
  readonly loop: DeliveryLoop;
}

/**
 * Asserts that the table holds what a plain in-order replay gives, that the dead letters are those of the replay, and
 * that the ledger accounts for every record: one outcome each, duplicates apart.
 */
export async function expectReplay(database: Pick<TestDatabase, 'query'>, delivered: DeliveredStream): Promise<void> {
  const letters = await readLetters(database, delivered);
  const lastOffsets = delivered.stream.partitions.map((records) => records.length - 1);
  // What PostgreSQL would refuse and is no letter has to have been replaced by something that came after it.
  const replay = replayStream(
    delivered.stream,
    ({ partition, offset }) => offset < lastOffsets[partition]! && !letters.has(`${partition}@${offset}`),
  );
  expectDeadLetters(letters, delivered, replay);
  await expectRows(database, delivered, replay);
  await expectLedger(database, delivered);
}

async function expectRows(
  database: Pick<TestDatabase, 'query'>,
  { shape, table }: DeliveredStream,
  { rows }: StreamReplay,
): Promise<void> {
  const columns = shape.columns.map(({ name }) => `"${name}"::text as "${name}"`).join(', ');
  const found = await database.query(`select ${columns} from "${table}"`);
  const expected = rows.map((row) =>
    Object.fromEntries(shape.columns.map(({ name }) => [name, row[name]?.text ?? null])),
  );
  assert.deepEqual(
    toComparableRows(found as Record<string, string | null>[]),
    toComparableRows(expected),
    `the rows of ${table} are those of a plain replay`,
  );
}

/** Codes of the dead letters by partition and offset. */
async function readLetters(
  database: Pick<TestDatabase, 'query'>,
  { connector, loop }: DeliveredStream,
): Promise<ReadonlyMap<string, string>> {
  const found = await database.query(
    `select partition, "offset", code from sluice.dead_letters where connector = $1 and topic = $2 order by 1, 2`,
    [connector, loop.topic],
  );
  return new Map(found.map(({ partition, offset, code }) => [`${partition}@${offset}`, String(code)]));
}

function expectDeadLetters(
  letters: ReadonlyMap<string, string>,
  { loop }: DeliveredStream,
  { outcomes }: StreamReplay,
): void {
  const expected = outcomes.flatMap((ofPartition, partition) =>
    ofPartition.flatMap((outcome, offset) => (outcome === 'applied' ? [] : [`${partition}@${offset} ${outcome}`])),
  );
  assert.deepEqual(
    [...letters].map(([place, code]) => `${place} ${code}`),
    expected,
    `the dead letters of ${loop.topic} are those of a plain replay`,
  );
}

async function expectLedger(
  database: Pick<TestDatabase, 'query'>,
  { connector, stream, loop }: DeliveredStream,
): Promise<void> {
  const found = await database.query(
    `select partition, next_offset::integer as "nextOffset", (applied + filtered)::integer as applied,
       duplicate::integer as duplicate, dead_lettered::integer as "deadLettered"
     from sluice.offsets where connector = $1 and topic = $2 order by partition`,
    [connector, loop.topic],
  );
  const letters = await database.query(
    'select partition, count(*)::integer as n from sluice.dead_letters where connector = $1 and topic = $2 group by 1',
    [connector, loop.topic],
  );
  const expected = stream.partitions.flatMap((records, partition) => {
    const deadLettered = (letters.find((row) => row.partition === partition)?.n ?? 0) as number;
    if (records.length === 0) return [];
    return [{ partition, nextOffset: records.length, applied: records.length - deadLettered, deadLettered }];
  });
  assert.deepEqual(
    found.map(({ duplicate: _, ...row }) => row),
    expected,
    `the ledger gives every record of ${loop.topic} one outcome`,
  );
  for (const { partition, duplicate } of found as { partition: number; duplicate: number }[]) {
    const { taken, unknown } = loop.counts[partition]!;
    const total = stream.partitions[partition]!.length + duplicate;
    assert.ok(
      taken <= total && total <= taken + unknown,
      `partition ${partition}: ${duplicate} duplicates counted, ${taken} records taken, ${unknown} with unknown outcome`,
    );
  }
}
