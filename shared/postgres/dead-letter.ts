import type { ErrorCode } from '../errors/error-table.ts';
import type { SluiceError, Stage } from '../errors/sluice-error.ts';
import { type KafkaRecord, toHeaders, toKeyBytes, toValueBytes } from '../kafka/record.ts';
import { quoteIdentifier } from './identifier.ts';
import type { LedgerIdentity } from './ledger.ts';
import type { Statement } from './statement.ts';
import { encodeTextArray } from './text-array.ts';

/** A record that cannot be applied, why, and where it was meant to go as far as that is known. */
export interface DeadLetter {
  readonly record: KafkaRecord;
  readonly stage: Stage;
  readonly code: ErrorCode;
  readonly message: string;
  readonly sqlState?: string;
  readonly column?: string;
  /** `schema.table`. */
  readonly tableName?: string;
  /** Key values of the row as a JSON array of texts. */
  readonly rowKey?: string;
}

/** The letter for a record that failed with a data error. */
export function toDeadLetter(
  record: KafkaRecord,
  error: SluiceError,
  target: { readonly tableName?: string; readonly rowKey?: string } = {},
): DeadLetter {
  return {
    record,
    stage: error.stage ?? 'write',
    code: error.code,
    message: error.message,
    ...(error.sqlState === undefined ? {} : { sqlState: error.sqlState }),
    ...(error.column === undefined ? {} : { column: error.column }),
    ...target,
  };
}

/**
 * Stores letters with the records' raw bytes: key and value as they came, headers as a JSON array of
 * `{"name", "value": base64}` in the producer's order. A letter of the same offset, after a rewind, is replaced.
 */
export function buildDeadLetterInsert(
  { schema, connector, source }: LedgerIdentity,
  letters: readonly DeadLetter[],
): Statement {
  const column = (textOf: (letter: DeadLetter) => string | null | undefined) =>
    encodeTextArray(letters.map((letter) => toStorableText(textOf(letter) ?? null)));
  const columns = [
    ['topic', 'text', column(({ record }) => record.topic)],
    ['partition', 'int4', column(({ record }) => String(record.partition))],
    ['"offset"', 'int8', column(({ record }) => String(record.offset))],
    ['record_timestamp', 'int8', column(({ record }) => String(record.timestamp))],
    ['key', 'bytea', column(({ record }) => toHex(toKeyBytes(record)))],
    ['value', 'bytea', column(({ record }) => toHex(toValueBytes(record)))],
    ['headers', 'jsonb', column(({ record }) => toHeaderText(record))],
    ['table_name', 'text', column(({ tableName }) => tableName)],
    ['row_key', 'text', column(({ rowKey }) => rowKey)],
    ['stage', 'text', column(({ stage }) => stage)],
    ['code', 'text', column(({ code }) => code)],
    ['sqlstate', 'text', column(({ sqlState }) => sqlState)],
    ['column_name', 'text', column(({ column: name }) => name)],
    ['message', 'text', column(({ message }) => message)],
  ] as const;
  const names = columns.map(([name]) => name);
  return {
    text: `insert into ${quoteIdentifier(schema)}.dead_letters (connector, source, ${names.join(', ')})
      select $1, $2, ${columns.map(([, type], i) => `unnest($${i + 3}::text[])::${type}`).join(', ')}
      on conflict (connector, topic, partition, "offset") do update
      set ${['source', ...names.slice(3)].map((name) => `${name} = excluded.${name}`).join(', ')},
        state = 'open', attempts = 0, created_at = now(), settled_at = null`,
    values: [connector, source, ...columns.map(([, , values]) => values)],
  };
}

function toHex(bytes: Buffer | null): string | null {
  return bytes === null ? null : `\\x${bytes.toString('hex')}`;
}

function toHeaderText(record: KafkaRecord): string {
  return JSON.stringify(
    toHeaders(record).map(([name, value]) => ({ name: toStorableText(name), value: value.toString('base64') })),
  );
}

/** Names that a producer made up may hold what PostgreSQL cannot store; a letter must never fail to be written. */
function toStorableText<Text extends string | null>(text: Text): Text {
  return (text === null ? null : text.toWellFormed().replaceAll('\0', '\uFFFD')) as Text;
}
