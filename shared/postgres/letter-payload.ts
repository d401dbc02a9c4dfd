import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SluiceError } from '../errors/sluice-error.ts';
import { type KafkaRecord, toHeaders, toKeyBytes, toValueBytes } from '../kafka/record.ts';

/** How key, value and headers of a dead letter are stored. */
export type LetterPayload =
  | { readonly form: 'full' }
  | { readonly form: 'none' }
  | {
      readonly form: 'encrypted';
      /** 32 bytes. */
      readonly key: Buffer;
    };

/** Columns of a letter that hold what came from Kafka; `headers` is JSON. */
export interface StoredPayload {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: string;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * The key that `errors.deadletter.encryption.key` says: 32 bytes in base64 or hexadecimal.
 *
 * @throws SluiceError `CONFIG_INVALID`, without the text
 */
export function parseEncryptionKey(text: string): Buffer {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, /^[0-9a-f]{64}$/i.test(trimmed) ? 'hex' : 'base64');
  if (key.length === 32) return key;
  throw new SluiceError(
    'CONFIG_INVALID',
    'errors.deadletter.encryption.key must be 32 bytes in base64 or hexadecimal.',
  );
}

/**
 * What is stored of a record: its bytes as they came, headers as a JSON array of `{"name", "value": base64}` in the
 * producer's order; nothing; or the same encrypted with AES-256-GCM, each field by itself: nonce (12 bytes), tag (16),
 * ciphertext. Connector, coordinates and field are authenticated, so that no field passes for another.
 */
export function encodePayload(connector: string, record: KafkaRecord, payload: LetterPayload): StoredPayload {
  if (payload.form === 'none') return { key: null, value: null, headers: '[]' };
  const [key, value, headers] = [toKeyBytes(record), toValueBytes(record), toHeaderText(record)];
  if (payload.form === 'full') return { key, value, headers };
  const { key: secret } = payload;
  const seal = (field: string, bytes: Buffer) => encrypt(secret, bytes, toContext(connector, record, field));
  return {
    key: key && seal('key', key),
    value: value && seal('value', value),
    headers: JSON.stringify(seal('headers', Buffer.from(headers)).toString('base64')),
  };
}

/**
 * The bytes that {@link encodePayload} encrypted; `headers` is the JSON value of the column.
 *
 * @throws SluiceError `CONFIG_INVALID` when the key is not the one
 */
export function decryptPayload(
  connector: string,
  place: Pick<KafkaRecord, 'topic' | 'partition' | 'offset'>,
  stored: { readonly key: Buffer | null; readonly value: Buffer | null; readonly headers: unknown },
  encryptionKey: Buffer,
): { readonly key: Buffer | null; readonly value: Buffer | null; readonly headers: unknown } {
  const open = (field: string, bytes: Buffer) => decrypt(encryptionKey, bytes, toContext(connector, place, field));
  return {
    key: stored.key && open('key', stored.key),
    value: stored.value && open('value', stored.value),
    headers: JSON.parse(open('headers', Buffer.from(String(stored.headers), 'base64')).toString()),
  };
}

function toContext(
  connector: string,
  { topic, partition, offset }: Pick<KafkaRecord, 'topic' | 'partition' | 'offset'>,
  field: string,
): Buffer {
  return Buffer.from(JSON.stringify([connector, topic, partition, offset, field]));
}

function encrypt(key: Buffer, bytes: Buffer, context: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(context);
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function decrypt(key: Buffer, bytes: Buffer, context: Buffer): Buffer {
  try {
    const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(context).setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
  } catch {
    const message = 'errors.deadletter.encryption.key is not the key that the dead letter was encrypted with.';
    throw new SluiceError('CONFIG_INVALID', message);
  }
}

function toHeaderText(record: KafkaRecord): string {
  const headers = toHeaders(record).map(([name, value]) => ({
    name: toStorableText(name),
    value: value.toString('base64'),
  }));
  return JSON.stringify(headers);
}

/** Names that a producer made up may hold what PostgreSQL cannot store; a letter must never fail to be written. */
export function toStorableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
