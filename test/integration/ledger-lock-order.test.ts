import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildLedgerMove, type LedgerMove } from '../../shared/postgres/ledger.ts';
import { migrate } from '../../shared/postgres/migrate.ts';
import { pollUntil } from '../support/poll-until.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

const partitions = [0, 1, 2, 3];
const moveOf = (partition: number): LedgerMove => ({
  topic: 't',
  partition,
  expectedOffset: 0,
  generation: 0,
  nextOffset: 1,
  floorOffset: 0,
  dense: true,
  hasGaps: false,
  maxTimestamp: null,
  fingerprints: [],
  applied: 1,
  filtered: 0,
  duplicate: 0,
  deadLettered: 0,
});

/** Partitions whose rows nobody holds, as a session sees that neither waits nor keeps a lock. */
async function freePartitions(database: TestDatabase): Promise<unknown[]> {
  const found = await database.query('select partition from sluice.offsets for update skip locked');
  return found.map(({ partition }) => partition).sort();
}

test('rows of the ledger are locked in the order of partitions, however they are given and whatever the plan is', async (t) => {
  const database = await openTestDatabase(t);
  const [holder, mover] = [await database.connect(), await database.connect()];
  await migrate(holder, 'sluice');
  for (const partition of [3, 1, 0, 2]) {
    await database.query(
      `insert into sluice.offsets (connector, source, topic, partition, next_offset, floor_offset) values ('c', 's', 't', $1, 0, 0)`,
      [partition],
    );
  }
  const identity = { schema: 'sluice', connector: 'c', source: 's' };
  const { text, values } = buildLedgerMove(identity, partitions.map(moveOf).reverse());
  for (const plan of ['enable_nestloop', 'enable_hashjoin', 'enable_indexscan']) {
    await mover.query(`set ${plan} to off`);
    await holder.query('begin');
    await holder.query('select 1 from sluice.offsets where partition = 2 for update');
    await mover.query('begin');
    const moved = mover.query(text, values as (Buffer | string)[]);
    await pollUntil('the move waits for partition 2', async () => {
      const waiting = await database.query(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return waiting.length > 0;
    });
    assert.deepEqual(await freePartitions(database), [3]);
    await holder.query('rollback');
    await moved;
    await mover.query('rollback');
  }
});
