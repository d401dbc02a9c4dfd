import { SluiceError } from '../errors/sluice-error.ts';
import type { PartitionName } from '../postgres/change-offsets.ts';
import { type LetterSelection, maxSelectedLetters } from '../postgres/letter-selection.ts';
import type { DeadLetterPosition } from '../postgres/read-dead-letters.ts';
import type { AdminCall, DeadLetterQuery, PreviewedRecord } from './admin-call.ts';

/** Most dead letters of a page, so that a reply stays far below Lambda's 6 MB. */
export const maxPageLength = 500;

/**
 * The call in an event of the admin function.
 *
 * @throws SluiceError `CONFIG_INVALID`, saying which part of it is wrong
 */
export function parseAdminCall(event: unknown): AdminCall {
  const { call, ...given } = toObject(event, 'The call');
  switch (call) {
    case 'status':
    case 'offsets':
      return { call };
    case 'deadLetters.list':
      return { call, ...parseQuery(given) };
    case 'deadLetters.show':
      return { call, payload: given.payload === true, ...parsePosition(given, 'The dead letter') };
    case 'deadLetters.redrive':
    case 'deadLetters.discard':
      return { call, ...parseSelection(given) };
    case 'offsets.park':
      return { call, ...parsePosition(given, 'The record') };
    case 'offsets.acceptGap':
      return { call, ...parsePartition(given), ...parseNextOffset(given) };
    case 'offsets.alter':
      return { call, offsets: toList(given.offsets, 'offsets').map(parseTarget), ...parseAlteration(given) };
    case 'offsets.reset':
      return {
        call,
        ...(given.partitions !== undefined && {
          partitions: toList(given.partitions, 'partitions').map(parsePartition),
        }),
      };
    case 'validate':
      return { call, connector: parseConnector(given.connector) };
    case 'preview': {
      const records = toList(given.records, 'records');
      if (records.length > maxPreviewed) throw invalid(`records is a list of at most ${maxPreviewed} elements.`);
      return { call, connector: parseConnector(given.connector), records: records.map(parsePreviewed) };
    }
    default:
      throw invalid(`The admin function answers ${calls.join(', ')}.`);
  }
}

const calls: readonly AdminCall['call'][] = [
  'status',
  'offsets',
  'offsets.park',
  'offsets.acceptGap',
  'offsets.alter',
  'offsets.reset',
  'deadLetters.list',
  'deadLetters.show',
  'deadLetters.redrive',
  'deadLetters.discard',
  'validate',
  'preview',
];

/** Most records of one preview. */
export const maxPreviewed = 100;

function parsePreviewed(value: unknown): PreviewedRecord {
  const { key = null, value: bytes = null } = toObject(value, 'A record');
  const isBytes = (text: unknown): text is string | null => text === null || typeof text === 'string';
  if (!isBytes(key) || !isBytes(bytes)) throw invalid('key and value of a record are base64 or null.');
  return { ...parsePosition(value, 'A record'), key, value: bytes };
}

/** A choice that names nothing has to say `all`, so that a forgotten member never means every letter. */
function parseSelection(given: Readonly<Record<string, unknown>>): LetterSelection {
  const { letters, wholeRows, row, topic, partition, offset, code, limit, all, ...others } = given;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`${unknown} chooses no dead letters: give letters, row, topic or code.`);
  if (partition !== undefined || offset !== undefined) {
    if (letters !== undefined) throw invalid('Give either letters, or the topic, partition and offset of one.');
    const one = parsePosition({ topic, partition, offset }, 'A single dead letter');
    return parseSelection({ letters: [one], wholeRows, row, code, limit, all });
  }
  if (limit !== undefined && !(isWhole(limit) && limit >= 1 && limit <= maxSelectedLetters)) {
    throw invalid(`limit is a number from 1 to ${maxSelectedLetters}.`);
  }
  if (topic !== undefined && typeof topic !== 'string') throw invalid('topic is a text.');
  if (code !== undefined && typeof code !== 'string') throw invalid('code is a text.');
  const chosen = {
    ...(letters !== undefined && {
      letters: toList(letters, 'letters').map((letter) => parsePosition(letter, 'A letter')),
      wholeRows: wholeRows === true,
    }),
    ...(row !== undefined && { row: parseRow(row) }),
    ...(topic !== undefined && { topic }),
    ...(code !== undefined && { code }),
  };
  if (Object.keys(chosen).length === 0 && all !== true) {
    throw invalid('Say which dead letters: letters, row, topic or code, or all: true.');
  }
  return { ...chosen, ...(all === true && { all }), ...(limit !== undefined && { limit }) };
}

function parseRow(value: unknown): { tableName: string; rowKey: string } {
  const { tableName, rowKey } = toObject(value, 'row');
  if (typeof tableName === 'string' && typeof rowKey === 'string') return { tableName, rowKey };
  throw invalid('row needs tableName and rowKey.');
}

function parsePartition(value: unknown): PartitionName {
  const { topic, partition } = toObject(value, 'The partition');
  if (typeof topic === 'string' && isWhole(partition)) return { topic, partition };
  throw invalid('A partition needs topic and partition.');
}

function parseNextOffset({ nextOffset }: Readonly<Record<string, unknown>>): { nextOffset?: number } {
  if (nextOffset === undefined) return {};
  if (isWhole(nextOffset)) return { nextOffset };
  throw invalid('nextOffset is a number from 0.');
}

function parseTarget(value: unknown): PartitionName & { nextOffset: number } {
  const { nextOffset } = parseNextOffset(toObject(value, 'The offset'));
  if (nextOffset === undefined) throw invalid('An offset needs topic, partition and nextOffset.');
  return { ...parsePartition(value), nextOffset };
}

function parseAlteration({ source, readsAnew = [] }: Readonly<Record<string, unknown>>): {
  source?: string;
  readsAnew: readonly string[];
} {
  if (source !== undefined && typeof source !== 'string') throw invalid('source is a text.');
  if (!Array.isArray(readsAnew) || readsAnew.some((topic) => typeof topic !== 'string')) {
    throw invalid('readsAnew is a list of topics.');
  }
  return { ...(source !== undefined && { source }), readsAnew };
}

function toList(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0 && value.length <= maxSelectedLetters) return value;
  throw invalid(`${what} is a list of 1 to ${maxSelectedLetters} elements.`);
}

function parseQuery({ state, limit, after, ...filters }: Readonly<Record<string, unknown>>): DeadLetterQuery {
  if (state !== undefined && state !== 'open' && state !== 'all') throw invalid('state is open or all.');
  if (limit !== undefined && !(isWhole(limit) && limit >= 1 && limit <= maxPageLength)) {
    throw invalid(`limit is a number from 1 to ${maxPageLength}.`);
  }
  return {
    ...(state !== undefined && { state }),
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after: parsePosition(after, 'after') }),
    ...parseFilters(filters),
  };
}

function parseFilters(given: Readonly<Record<string, unknown>>): Partial<DeadLetterQuery> {
  const names = ['topic', 'code', 'table', 'since', 'until'] as const;
  const filters = names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const]));
  for (const [name, value] of filters) {
    if (typeof value !== 'string' || value.includes('\0')) throw invalid(`${name} is a text.`);
    const isTime = name === 'since' || name === 'until';
    if (isTime && Number.isNaN(Date.parse(value))) throw invalid(`${name} is a time as 2026-01-31T12:00:00Z.`);
  }
  return Object.fromEntries(
    filters.map(([name, value]) => [
      name,
      name === 'since' || name === 'until' ? new Date(String(value)).toISOString() : String(value),
    ]),
  );
}

function parsePosition(value: unknown, what: string): DeadLetterPosition {
  const { topic, partition, offset } = toObject(value, what);
  if (typeof topic === 'string' && isWhole(partition) && isWhole(offset)) return { topic, partition, offset };
  throw invalid(`${what} needs topic, partition and offset.`);
}

function parseConnector(value: unknown): { name: string; config: Readonly<Record<string, string>> } {
  const { name = '', config } = toObject(value, 'The connector');
  const properties = toObject(config, 'The config of the connector');
  if (typeof name !== 'string') throw invalid('The name of the connector is a text.');
  const wrong = Object.keys(properties).find((property) => typeof properties[property] !== 'string');
  if (wrong !== undefined) throw invalid(`The value of ${wrong} is not a text.`);
  return { name, config: properties as Readonly<Record<string, string>> };
}

function toObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(`${what} must be a JSON object.`);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function invalid(message: string): SluiceError {
  return new SluiceError('CONFIG_INVALID', message);
}
