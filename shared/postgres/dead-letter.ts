import type { ErrorCode } from '../errors/error-table.ts';
import type { SluiceError, Stage } from '../errors/sluice-error.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import { quoteIdentifier } from './identifier.ts';
import type { LedgerIdentity } from './ledger.ts';
import { encodePayload, type LetterPayload, toStorableText } from './letter-payload.ts';
import type { Statement } from './statement.ts';
import { encodeTextArray } from './text-array.ts';

/** The row that a dead letter is about, as far as it is known. */
export interface LetterTarget {
  /** `schema.table`. */
  readonly tableName?: string;
  /** Key of the row, see `toKeyText`; with it the table is known. */
  readonly rowKey?: string;
  /** Key that the record moves the row to, if it does. */
  readonly newRowKey?: string;
}

/** A record that cannot be applied, why, and where it was meant to go as far as that is known. */
export interface DeadLetter extends LetterTarget {
  readonly record: KafkaRecord;
  readonly stage: Stage;
  readonly code: ErrorCode;
  readonly message: string;
  readonly sqlState?: string;
  readonly column?: string;
}

/** The letter for a record that failed with a data error. */
export function toDeadLetter(record: KafkaRecord, error: SluiceError, target: LetterTarget = {}): DeadLetter {
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

/** The target of a letter about a table and the rows of these keys, at most two. */
export function toLetterTarget(tableName: string, [rowKey, newRowKey]: readonly string[]): LetterTarget {
  return { tableName, ...(rowKey !== undefined && { rowKey }), ...(newRowKey !== undefined && { newRowKey }) };
}

/** Stores letters, their payload in the given form. A letter of the same offset, after a rewind, is replaced. */
export function buildDeadLetterInsert(
  { schema, connector, source }: LedgerIdentity,
  letters: readonly DeadLetter[],
  payload: LetterPayload,
): Statement {
  const stored = letters.map(({ record }) => encodePayload(connector, record, payload));
  const column = (textOf: (letter: DeadLetter, i: number) => string | null | undefined) =>
    encodeTextArray(
      letters.map((letter, i) => {
        const text = textOf(letter, i) ?? null;
        return text === null ? null : toStorableText(text);
      }),
    );
  const columns = [
    ['topic', 'text', column(({ record }) => record.topic)],
    ['partition', 'int4', column(({ record }) => String(record.partition))],
    ['"offset"', 'int8', column(({ record }) => String(record.offset))],
    ['record_timestamp', 'int8', column(({ record }) => String(record.timestamp))],
    ['key', 'bytea', column((_, i) => toHex(stored[i]!.key))],
    ['value', 'bytea', column((_, i) => toHex(stored[i]!.value))],
    ['headers', 'jsonb', column((_, i) => stored[i]!.headers)],
    ['schemas', 'jsonb', column(({ record }) => toSchemasText(record))],
    ['payload', 'text', column(() => payload.form)],
    ['table_name', 'text', column(({ tableName }) => tableName)],
    ['row_key', 'text', column(({ rowKey }) => rowKey)],
    ['new_row_key', 'text', column(({ newRowKey }) => newRowKey)],
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

/** What Lambda said of the schemas of the record; null for nothing. */
function toSchemasText({ keySchemaMetadata: key, valueSchemaMetadata: value }: KafkaRecord): string | null {
  return key || value ? JSON.stringify({ ...(key && { key }), ...(value && { value }) }) : null;
}

function toHex(bytes: Buffer | null): string | null {
  return bytes === null ? null : `\\x${bytes.toString('hex')}`;
}
