import type { Client } from 'pg';
import type { AdminCall } from '../../shared/connector/admin-call.ts';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import type { KafkaRecord } from '../../shared/kafka/record.ts';
import { readLetterRecord } from '../../shared/postgres/letter-record.ts';
import {
  type DeadLetterContext,
  type DeadLetterDetail,
  readDeadLetter,
} from '../../shared/postgres/read-dead-letters.ts';

/**
 * One dead letter; with `payload` its bytes, and while it is open and stored in clear also what `decode` makes of them.
 * Null when there is none.
 */
export async function showLetter(
  client: Client,
  context: DeadLetterContext,
  { payload, ...place }: Extract<AdminCall, { readonly call: 'deadLetters.show' }>,
  decode: (record: KafkaRecord) => Promise<NonNullable<DeadLetterDetail['decoded']>>,
): Promise<DeadLetterDetail | null> {
  const letter = await readDeadLetter(client, context, place, payload === true);
  if (letter?.payload === undefined || letter.payload.isCut) return letter;
  const record = await readClearRecord(client, context, place);
  return record ? { ...letter, decoded: await decode(record) } : letter;
}

/** Who stores letters encrypted does not want them shown in clear. */
async function readClearRecord(client: Client, { schema, connector }: DeadLetterContext, place: Place) {
  try {
    return await readLetterRecord(client, { schema, connector }, place);
  } catch (error) {
    if (isSluiceError(error, 'config')) return undefined;
    throw error;
  }
}

type Place = Parameters<typeof readLetterRecord>[2];
