import { fieldSchema, type Schema } from '../data/schema.ts';
import { type Fields, isFields, type Value } from '../data/value.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { ChangeEvent, ChangeSource, Image } from './change-event.ts';
import type { ChangeSettings } from './change-settings.ts';
import { isCloudEvent, unwrapCloudEvent } from './cloud-event.ts';
import { isServiceRecord } from './debezium-record.ts';

const contract: ChangeSettings = { format: 'envelope', needsBefore: true };

/**
 * Reads a decoded value as a change event, by the format of the settings.
 *
 * An envelope is `{"op", "before", "after"}` with op `c`, `r`, `u`, `d`, `t` or `m` in either case; other members
 * (`transaction`, `ts_ms`, …) are ignored. It may be the data of a CloudEvent. A flat row is what Debezium's
 * ExtractNewRecordState leaves: its `__deleted` (`true` or `"true"`) or an `__op` of `d` make it a delete, another `__op` is
 * taken as the op, and without either it is a `c`, as every JDBC sink takes it, that may be an update. What Debezium writes beside rows
 * (heartbeats, transactions, changes of schemas, notifications, signals) is an `m`.
 *
 * @throws SluiceError `CHANGE_INVALID` for anything else: an unknown op or a missing image is never guessed
 */
export function parseChange(
  value: Value,
  settings: ChangeSettings = contract,
  schema: Schema | null = null,
  topic?: string,
): ChangeEvent {
  if (settings.format !== 'flat' && isCloudEvent(value, schema, settings.cloudEventsPattern)) {
    const data = unwrapCloudEvent(value, schema);
    return parseChange(data.value, settings, data.schema, topic);
  }
  if (value === null && schema !== null) {
    throw invalid('A delete without its row can be applied only where the record key names it (pk.mode=record_key).');
  }
  if (!isFields(value)) throw invalid('The value is neither an object nor a struct.');
  const isFlat = settings.format === 'flat' || (settings.format === 'auto' && !isEnvelope(value, schema));
  // An envelope is none of them, and looking costs time.
  if ((isFlat || !Object.hasOwn(value, 'op')) && isServiceRecord(value, schema, topic)) {
    return { op: 'm', before: null, after: null };
  }
  const event = isFlat ? parseRow(value) : parseEnvelope(value, settings);
  return schema === null ? event : withSchemas(event, isFlat, schema);
}

function withSchemas(event: ChangeEvent, isFlat: boolean, schema: Schema): ChangeEvent {
  const of = (member: 'before' | 'after') => (isFlat ? schema : (fieldSchema(schema, member) ?? null));
  return { ...event, beforeSchema: of('before'), afterSchema: of('after') };
}

function isEnvelope(value: Fields, schema: Schema | null): boolean {
  if (schema?.name?.endsWith('.Envelope')) return true;
  return (
    Object.hasOwn(value, 'op') &&
    (Object.hasOwn(value, 'after') || Object.hasOwn(value, 'before') || Object.hasOwn(value, 'source'))
  );
}

function parseEnvelope(value: Fields, settings: ChangeSettings): ChangeEvent {
  const before = toImage(value, 'before');
  const after = toImage(value, 'after');
  const source = toSource(value.source);
  const op = toOp(value.op);
  switch (op) {
    case 'c':
    case 'r':
      if (after === null) throw invalid(`An event with op "${op}" needs an object in "after".`);
      return { op, before: null, after, ...source };
    case 'u':
      if (after === null) throw invalid('An event with op "u" needs an object in "after".');
      return { op, before, after, ...source };
    case 'd':
      if (before === null && settings.needsBefore) {
        throw invalid('An event with op "d" needs an object in "before".');
      }
      return { op, before: before ?? {}, after: null, ...source };
    case 't':
    case 'm':
      return { op, before: null, after: null, ...source };
    default:
      throw invalid(op === undefined ? 'The value has no op.' : 'The op of the value is none of c, u, d, r, t, m.');
  }
}

function parseRow(row: Fields): ChangeEvent {
  if (row.__deleted === true || row.__deleted === 'true') return { op: 'd', before: row, after: null };
  if (row.__op === undefined) return { op: 'c', before: null, after: row, mayUpdate: true };
  const op = toOp(row.__op);
  switch (op) {
    case 'c':
    case 'r':
      return { op, before: null, after: row };
    case 'u':
      return { op, before: null, after: row };
    case 'd':
      return { op, before: row, after: null };
    default:
      throw invalid('The __op of the row is none of c, u, d, r.');
  }
}

/** Debezium's readers take an op in either case. */
function toOp(op: Value | undefined): Value | undefined {
  return typeof op === 'string' ? op.toLowerCase() : op;
}

function toImage(value: Fields, member: 'before' | 'after'): Image | null {
  const image = Object.hasOwn(value, member) ? value[member] : null;
  if (image === null || image === undefined) return null;
  if (!isFields(image)) throw invalid(`"${member}" is neither an object nor null.`);
  return image;
}

function toSource(source: Value | undefined): { source: ChangeSource } | undefined {
  if (!isFields(source)) return undefined;
  const names: { db?: string; schema?: string; table?: string } = {};
  for (const member of ['db', 'schema', 'table'] as const) {
    const name = source[member];
    if (typeof name === 'string') names[member] = name;
  }
  return { source: names };
}

function invalid(message: string): SluiceError {
  return new SluiceError('CHANGE_INVALID', message, { stage: 'parse' });
}
