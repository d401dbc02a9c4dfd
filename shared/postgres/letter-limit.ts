import type { Client } from 'pg';
import type { ErrorCode } from '../errors/error-table.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { DeadLetter } from './dead-letter.ts';
import { quoteIdentifier } from './identifier.ts';
import type { LedgerIdentity, LedgerRow, OutcomeCounts } from './ledger.ts';
import type { DeadLetterSettings } from './target-settings.ts';
import { fly } from './transaction.ts';

/** Below this many records a batch says too little of the share that fails. */
const fewestForShare = 100;

/** Letters that follow from an earlier one or from an operator's wish say nothing of the converter or the table. */
const consequences: readonly ErrorCode[] = ['KEY_HELD', 'RECORD_PARKED', 'OFFSET_OUT_OF_ORDER'];

/**
 * Refuses to store the letters of a range when they speak of a fault that is not the records': too many of the batch, or
 * every record that the partition ever had.
 *
 * @throws SluiceError `DEAD_LETTER_LIMIT`
 */
export function checkLetterShare(
  where: string,
  letters: readonly DeadLetter[],
  { applied, filtered, deadLettered }: OutcomeCounts,
  row: LedgerRow,
  { maxPercent, maxFirst }: DeadLetterSettings,
): void {
  const failed = letters.filter(({ code }) => !consequences.includes(code));
  if (failed.length === 0) return;
  const example = `the first one, at offset ${failed[0]!.record.offset}, with ${failed[0]!.code}`;
  const taken = applied + filtered + deadLettered;
  if (taken >= fewestForShare && failed.length * 100 > taken * maxPercent) {
    const message = `${failed.length} of ${taken} records of a batch of ${where} fail, ${example}; errors.deadletter.max.percent is ${maxPercent}.`;
    throw new SluiceError('DEAD_LETTER_LIMIT', message, { stage: 'write' });
  }
  const isNoneTaken = row.accepted + applied + filtered === 0;
  if (maxFirst > 0 && isNoneTaken && row.deadLettered + failed.length >= maxFirst) {
    const message = `Every one of the first ${maxFirst} records of ${where} fails, ${example}; errors.deadletter.max.first is ${maxFirst}.`;
    throw new SluiceError('DEAD_LETTER_LIMIT', message, { stage: 'write' });
  }
}

/**
 * Refuses to store further letters when too many are open.
 *
 * @throws SluiceError `DEAD_LETTER_LIMIT`
 */
export function checkOpenLetters(open: number, added: number, { maxOpen }: DeadLetterSettings): void {
  if (open + added <= maxOpen) return;
  const message = `${open} dead letters are open and ${added} more would follow; errors.deadletter.max.open is ${maxOpen}.`;
  throw new SluiceError('DEAD_LETTER_LIMIT', message, { stage: 'write' });
}

/** Open letters of the connector, counted up to one more than `limit`. */
export async function countOpenLetters(
  client: Client,
  { schema, connector }: Pick<LedgerIdentity, 'schema' | 'connector'>,
  limit: number,
): Promise<number> {
  const text = `select count(*)::int4 as open from (select from ${quoteIdentifier(schema)}.dead_letters
    where connector = $1 and state = 'open' limit $2::int8) counted`;
  const [found] = await fly(client, [{ text, values: [connector, String(limit + 1)] }]);
  return found!.rows[0]!.open;
}
