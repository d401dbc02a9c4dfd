import type { Client } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import type { SchemaMetadata } from '../kafka/event.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import { quoteIdentifier } from './identifier.ts';
import { decryptPayload } from './letter-payload.ts';
import type { DeadLetterPosition } from './read-dead-letters.ts';
import { fly } from './transaction.ts';

/** Whose letters are read. */
export interface LetterOwner {
  readonly schema: string;
  readonly connector: string;
  /** Key of encrypted letters; absent: they cannot be read. */
  readonly encryptionKey?: Buffer;
}

/**
 * The record of an open dead letter as Kafka delivered it; null when the letter is stored without payload, undefined when
 * there is no such open letter.
 *
 * @throws SluiceError `CONFIG_INVALID` when the letter is encrypted and the key is missing or another one
 */
export async function readLetterRecord(
  client: Client,
  { schema, connector, encryptionKey }: LetterOwner,
  place: DeadLetterPosition,
): Promise<KafkaRecord | null | undefined> {
  const text = `select record_timestamp, key, value, headers, payload, schemas from ${quoteIdentifier(schema)}.dead_letters
    where connector = $1 and topic = $2 and partition = $3::int4 and "offset" = $4::int8 and state = 'open'`;
  const values = [connector, place.topic, String(place.partition), String(place.offset)];
  const [found] = await fly(client, [{ text, values }]);
  const row = found!.rows[0];
  if (row === undefined) return undefined;
  if (row.payload === 'none') return null;
  if (row.payload === 'encrypted' && encryptionKey === undefined) {
    throw new SluiceError(
      'CONFIG_INVALID',
      'The dead letter is encrypted; errors.deadletter.encryption.key is missing.',
    );
  }
  const { key, value, headers } =
    row.payload === 'encrypted' ? decryptPayload(connector, place, row, encryptionKey!) : row;
  const schemas = (row.schemas ?? {}) as { readonly key?: SchemaMetadata; readonly value?: SchemaMetadata };
  return {
    topic: place.topic,
    partition: place.partition,
    offset: place.offset,
    timestamp: Number(row.record_timestamp),
    timestampType: 'CREATE_TIME',
    key: key === null ? null : key.toString('base64'),
    value: value === null ? null : value.toString('base64'),
    headers: (headers as { name: string; value: string }[]).map((header) => ({
      [header.name]: [...new Int8Array(Buffer.from(header.value, 'base64'))],
    })),
    ...(schemas.key && { keySchemaMetadata: schemas.key }),
    ...(schemas.value && { valueSchemaMetadata: schemas.value }),
  };
}
