import type { Client } from 'pg';
import { quoteIdentifier } from './identifier.ts';
import { queryReadOnly, type ResultRow, toIsoTime } from './read-only.ts';

/** Bytes of a key or value that one answer carries; longer ones are cut, so that a reply stays below Lambda's 6 MB. */
const maxPayloadBytes = 1_000_000;

/** Which record a dead letter is of. */
export interface DeadLetterPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A dead letter without its payload. */
export interface DeadLetterSummary extends DeadLetterPosition {
  /** Timestamp of the record, milliseconds since the epoch. */
  readonly timestamp: number;
  readonly stage: string;
  readonly code: string;
  readonly message: string;
  /** `schema.table`; null when the record failed before it was known. */
  readonly tableName: string | null;
  readonly sqlState: string | null;
  readonly column: string | null;
  /** `open`, or how it was settled. */
  readonly state: string;
  readonly attempts: number;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  /** Bytes of the payload; null for none. */
  readonly keyBytes: number | null;
  readonly valueBytes: number | null;
}

/** Dead letters in the order of topic, partition and offset. */
export interface DeadLetterPage {
  readonly letters: readonly DeadLetterSummary[];
  /** True when more follow; the next page begins after the last letter. */
  readonly hasMore: boolean;
}

/** A dead letter with its payload, if that was asked for. */
export interface DeadLetterDetail extends DeadLetterSummary {
  readonly payload?: {
    /** Base64, at most 1,000,000 bytes of it; null when the record has none. */
    readonly key: string | null;
    readonly value: string | null;
    /** Key values of the row as a JSON array of texts; null when the row was not known. */
    readonly rowKey: string | null;
    /** As the producer wrote them; values in base64. */
    readonly headers: readonly { readonly name: string; readonly value: string }[];
    /** True when key or value is longer than what is shown. */
    readonly isCut: boolean;
  };
  /** Key and value as JSON text where the connector's converters read them from something else; absent without payload. */
  readonly decoded?: { readonly key: string | null; readonly value: string | null };
}

/** Whose letters, and how long a query may take. */
export interface DeadLetterContext {
  readonly schema: string;
  readonly connector: string;
  readonly timeoutMs: number;
}

const summaryColumns = `topic, partition, "offset", record_timestamp, stage, code, left(message, 2000) as message,
  table_name, sqlstate, column_name, state, attempts, ${toIsoTime('created_at')} as created_at,
  octet_length(key) as key_bytes, octet_length(value) as value_bytes`;

/** Which dead letters a page is of. Every filter that is present narrows the choice. */
export interface DeadLetterPageRequest {
  readonly state: 'open' | 'all';
  readonly limit: number;
  /** The last letter of the page before. */
  readonly after?: DeadLetterPosition;
  readonly topic?: string;
  readonly code?: string;
  /** `schema.table`, or the table's name in any schema. */
  readonly table?: string;
  /** ISO 8601; those that came then or later. */
  readonly since?: string;
  /** ISO 8601; those that came before. */
  readonly until?: string;
}

/** Reads a page of dead letters. */
export async function readDeadLetters(
  client: Client,
  { schema, connector, timeoutMs }: DeadLetterContext,
  page: DeadLetterPageRequest,
): Promise<DeadLetterPage> {
  const { state, limit, after, topic, code, table, since, until } = page;
  const text = `select ${summaryColumns} from ${quoteIdentifier(schema)}.dead_letters
    where connector = $1 and ($2 = 'all' or state = 'open')
      and ($3::text is null or (topic, partition, "offset") > ($3, $4::int4, $5::int8))
      and ($7::text is null or topic = $7) and ($8::text is null or code = $8)
      and ($9::text is null or table_name = $9
        or (strpos($9, '.') = 0 and right(table_name, length($9) + 1) = '.' || $9)) and ($10::timestamptz is null or created_at >= $10::timestamptz)
      and ($11::timestamptz is null or created_at < $11::timestamptz)
    order by topic, partition, "offset" limit $6::int4`;
  const position = after ? [after.topic, String(after.partition), String(after.offset)] : [null, null, null];
  const filters = [topic, code, table, since, until].map((filter) => filter ?? null);
  const values = [connector, state, ...position, String(limit + 1), ...filters];
  const [rows = []] = (await queryReadOnly(client, [{ text, values }], timeoutMs)) ?? [];
  return { letters: rows.slice(0, limit).map(toSummary), hasMore: rows.length > limit };
}

/** Reads one dead letter, with its payload if `payload` is true; null when there is none. */
export async function readDeadLetter(
  client: Client,
  { schema, connector, timeoutMs }: DeadLetterContext,
  position: DeadLetterPosition,
  payload: boolean,
): Promise<DeadLetterDetail | null> {
  const payloadColumns = `, substring(key from 1 for ${maxPayloadBytes}) as key_part, row_key, headers,
    substring(value from 1 for ${maxPayloadBytes}) as value_part`;
  const text = `select ${summaryColumns}${payload ? payloadColumns : ''} from ${quoteIdentifier(schema)}.dead_letters
    where connector = $1 and topic = $2 and partition = $3::int4 and "offset" = $4::int8`;
  const values = [connector, position.topic, String(position.partition), String(position.offset)];
  const [rows = []] = (await queryReadOnly(client, [{ text, values }], timeoutMs)) ?? [];
  const row = rows[0];
  if (row === undefined) return null;
  return { ...toSummary(row), ...(payload && { payload: toPayload(row) }) };
}

function toSummary(row: ResultRow): DeadLetterSummary {
  return {
    topic: String(row.topic),
    partition: Number(row.partition),
    offset: Number(row.offset),
    timestamp: Number(row.record_timestamp),
    stage: String(row.stage),
    code: String(row.code),
    message: String(row.message),
    tableName: row.table_name as string | null,
    sqlState: row.sqlstate as string | null,
    column: row.column_name as string | null,
    state: String(row.state),
    attempts: Number(row.attempts),
    createdAt: String(row.created_at),
    keyBytes: row.key_bytes as number | null,
    valueBytes: row.value_bytes as number | null,
  };
}

function toPayload(row: ResultRow): NonNullable<DeadLetterDetail['payload']> {
  const base64 = (bytes: unknown) => (Buffer.isBuffer(bytes) ? bytes.toString('base64') : null);
  return {
    key: base64(row.key_part),
    value: base64(row.value_part),
    rowKey: row.row_key as string | null,
    headers: row.headers as { name: string; value: string }[],
    isCut: Math.max(Number(row.key_bytes), Number(row.value_bytes)) > maxPayloadBytes,
  };
}
