import assert from 'node:assert/strict';
import type { ChangeStream } from './change-stream.ts';
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
export async function expectReplay(database: TestDatabase, delivered: DeliveredStream): Promise<void> {
  await expectRows(database, delivered);
  await expectDeadLetters(database, delivered);
  await expectLedger(database, delivered);
}

async function expectRows(database: TestDatabase, { shape, table, stream }: DeliveredStream): Promise<void> {
  const columns = shape.columns.map(({ name }) => `"${name}"::text as "${name}"`).join(', ');
  const found = await database.query(`select ${columns} from "${table}"`);
  const expected = stream.rows.map((row) =>
    Object.fromEntries(shape.columns.map(({ name }) => [name, row[name]?.text ?? null])),
  );
  assert.deepEqual(
    toComparableRows(found as Record<string, string | null>[]),
    toComparableRows(expected),
    `the rows of ${table} are those of a plain replay`,
  );
}

async function expectDeadLetters(database: TestDatabase, delivered: DeliveredStream): Promise<void> {
  const { connector, stream, loop } = delivered;
  const found = await database.query(
    `select partition, "offset"::integer as "offset", code from sluice.dead_letters
     where connector = $1 and topic = $2 order by 1, 2`,
    [connector, loop.topic],
  );
  const expected = stream.partitions.flatMap((records) =>
    records
      .filter(({ outcome }) => outcome !== 'applied')
      .map(({ partition, offset, outcome }) => ({ partition, offset, code: outcome })),
  );
  const has = (letter: { partition: number; offset: number }) =>
    found.some(({ partition, offset }) => partition === letter.partition && offset === letter.offset);
  assert.deepEqual(
    found,
    expected.filter((letter) => has(letter) || !mayBeReplaced(delivered, letter)),
    `the dead letters of ${loop.topic} are those of a plain replay`,
  );
}

/**
 * A change that PostgreSQL would refuse is never shown to it when a later one of the same batch replaces it wholly. The
 * rows are the same then, and the record counts as applied.
 */
function mayBeReplaced(
  { stream }: DeliveredStream,
  letter: { code: string; partition: number; offset: number },
): boolean {
  return letter.code === 'ROW_REJECTED' && letter.offset < stream.partitions[letter.partition]!.length - 1;
}

async function expectLedger(database: TestDatabase, { connector, stream, loop }: DeliveredStream): Promise<void> {
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
