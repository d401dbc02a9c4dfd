import { parseConnectSchema } from '../converter/connect-schema.ts';
import { createValueReader } from '../converter/connect-value.ts';
import { readAs } from '../converter/json-envelope.ts';
import { fieldSchema, type Schema, type SchemaAndValue } from '../data/schema.ts';
import { type Fields, isFields, type Value } from '../data/value.ts';

/** Debezium's `cloud.events.schema.name.pattern` unless another is set. */
export const defaultCloudEventsPattern = '.*CloudEvents\\.Envelope$';

/**
 * True for a CloudEvent: by the name of its schema, where it has one, else by the attributes that every CloudEvent has in
 * the JSON format.
 *
 * Source: CloudEvents 1.0, "Required Attributes"; Debezium, `io.debezium.converters.spi.CloudEventsMaker`.
 */
export function isCloudEvent(
  value: Value,
  schema: Schema | null,
  pattern = defaultCloudEventsPattern,
): value is Fields {
  if (!isFields(value) || !Object.hasOwn(value, 'specversion')) return false;
  if (schema?.name !== undefined) return matches(schema.name, pattern);
  const { specversion, id, source, type } = value;
  return [specversion, id, source, type].every((attribute) => typeof attribute === 'string') && isFields(value.data);
}

/**
 * The envelope that a CloudEvent carries. Debezium puts the images into its data, and the op and the source block into
 * extension attributes. The data may be `{"schema", "payload"}` once more, where only they have a schema; numbers are then
 * exact only if the CloudEvent was read without loss.
 *
 * @throws SluiceError `VALUE_UNREADABLE` for data that are not of their schema
 */
export function unwrapCloudEvent(event: Fields, schema: Schema | null): SchemaAndValue {
  const data = readData(event, schema);
  const { iodebeziumop: op } = event;
  if (typeof op !== 'string' || !isFields(data.value) || Object.hasOwn(data.value, 'op')) return data;
  const { iodebeziumdb: db = null, iodebeziumschema = null, iodebeziumtable: table = null } = event;
  const { before = null, after = null } = data.value;
  return { schema: data.schema, value: { op, before, after, source: { db, schema: iodebeziumschema, table } } };
}

function readData({ data = null }: Fields, schema: Schema | null): SchemaAndValue {
  if (schema !== null) return { schema: fieldSchema(schema, 'data') ?? null, value: data };
  if (!isFields(data) || !isFields(data.schema) || !Object.hasOwn(data, 'payload'))
    return { schema: null, value: data };
  const dataSchema = readAs(parseConnectSchema, data.schema);
  if (dataSchema === null) return { schema: null, value: data.payload ?? null };
  // A struct takes the place of the object that it was read from, which another reader may still need.
  const payload = structuredPayload(data.payload ?? null);
  const read = createValueReader(dataSchema, true);
  return { schema: dataSchema, value: readAs((json: Value) => read(json, false), payload) };
}

function structuredPayload(value: Value): Value {
  if (Array.isArray(value)) return value.map(structuredPayload);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, structuredPayload(member)]));
}

const verdicts = new Map<string, boolean>();

/** Once for each name, of which a producer has few. */
function matches(name: string, pattern: string): boolean {
  const key = `${pattern}\n${name}`;
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    verdict =
      pattern === defaultCloudEventsPattern ? name.endsWith('CloudEvents.Envelope') : toRegExp(pattern).test(name);
    if (verdicts.size >= 1_000) verdicts.clear();
    verdicts.set(key, verdict);
  }
  return verdict;
}

/** Matches the whole name, as Java's `matches` does. */
function toRegExp(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

/** Why a pattern cannot be used; undefined when it can. */
export function cloudEventsPatternProblem(pattern: string): string | undefined {
  try {
    toRegExp(pattern);
    return undefined;
  } catch {
    return 'It is no regular expression';
  }
}
