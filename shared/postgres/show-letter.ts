import type { Client } from 'pg';
import { isSluiceError } from '../errors/sluice-error.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import { readLetterRecord } from './letter-record.ts';
import {
  type DeadLetterContext,
  type DeadLetterDetail,
  type DeadLetterPosition,
  readDeadLetter,
} from './read-dead-letters.ts';

/**
 * One dead letter with its bytes, and while it is open and stored in clear also what `decode` makes of them. Null when
 * there is none.
 */
export async function showLetter(
  client: Client,
  context: DeadLetterContext,
  place: DeadLetterPosition,
  decode: (record: KafkaRecord) => Promise<NonNullable<DeadLetterDetail['decoded']>>,
): Promise<DeadLetterDetail | null> {
  const letter = await readDeadLetter(client, context, place, true);
  if (letter?.payload === undefined || letter.payload.isCut) return letter;
  const record = await readClearRecord(client, context, place);
  return record ? { ...letter, decoded: await decode(record) } : letter;
}

/** Who stores letters encrypted does not want them shown in clear. */
async function readClearRecord(
  client: Client,
  { schema, connector }: DeadLetterContext,
  place: DeadLetterPosition,
): Promise<KafkaRecord | null | undefined> {
  try {
    return await readLetterRecord(client, { schema, connector }, place);
  } catch (error) {
    if (isSluiceError(error, 'config')) return undefined;
    throw error;
  }
}
