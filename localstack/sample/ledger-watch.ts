import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** Where a record went that was produced. */
export interface ProducedRecord {
  readonly connector: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const pollMs = 1;

/**
 * Fulfilled once the record's rows are visible in the target database. The ledger row moves in the same transaction as
 * the rows, so seeing it behind the record is seeing them.
 *
 * @throws SluiceError SERVICE_FAILED when that takes longer than `deadlineMs`, with the reason that the ledger gives
 */
export async function waitUntilVisible(
  client: Client,
  record: ProducedRecord,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = performance.now() + deadlineMs;
  let blocked: string | null = null;
  do {
    const row = await readLedger(client, record);
    if (row !== undefined && Number(row.next_offset) > record.offset) return;
    blocked = row?.blocked_message ?? null;
    await delay(pollMs, undefined, { signal });
  } while (performance.now() < untilMs);
  throw new SluiceError(
    'SERVICE_FAILED',
    `The record of ${record.topic} is not in the table after ${Math.round(deadlineMs / 1000)} s. ${blocked ?? 'See "sluice logs".'}`,
  );
}

interface LedgerRow {
  readonly next_offset: string;
  readonly blocked_message: string | null;
}

async function readLedger(client: Client, record: ProducedRecord): Promise<LedgerRow | undefined> {
  try {
    const { rows } = await client.query<LedgerRow>({
      text: 'select next_offset, blocked_message from sluice.offsets where connector = $1 and topic = $2 and partition = $3',
      values: [record.connector, record.topic, record.partition],
    });
    return rows[0];
  } catch (error) {
    // The sink makes the ledger with its first batch: until then the schema or the table is unknown.
    if (['42P01', '3F000'].includes((error as { code?: string }).code ?? '')) return undefined;
    throw error;
  }
}
