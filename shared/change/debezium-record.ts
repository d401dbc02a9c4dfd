import type { Schema } from '../data/schema.ts';
import type { Fields, Value } from '../data/value.ts';

const common = 'io.debezium.connector.common.';

/**
 * True for a record that Debezium writes beside the changes of rows: a heartbeat, a mark of a transaction, a change of a
 * schema, a notification, a signal. The names of schemas tell them, as Protobuf's converter shortens them too; without
 * schema their members do, where no row could be meant.
 *
 * Source: Debezium, `io.debezium.schema.SchemaFactory`.
 */
export function isServiceRecord(value: Fields, schema: Schema | null, topic: string | undefined): boolean {
  if (schema?.name !== undefined) return isServiceSchema(schema.name);
  const names = Object.keys(value);
  return (
    (isHeartbeatTopic(topic) && has(names, ['ts_ms'], ['ts_us', 'ts_ns'])) ||
    isTransaction(value, names) ||
    isSchemaChange(value) ||
    has(names, ['id', 'aggregate_type', 'type', 'additional_data'], ['timestamp']) ||
    (isSignalTopic(topic) && has(names, ['type', 'data'], ['id']))
  );
}

function isServiceSchema(name: string): boolean {
  return (
    name === `${common}Heartbeat` ||
    name === `${common}TransactionMetadataValue` ||
    name === `${common}Notification` ||
    /(?:^|\.)SchemaChangeValue$/.test(name) ||
    /^io\.debezium\.\S*(?:Heartbeat|TransactionMetadataValue|Notification|Signal)$/.test(name)
  );
}

/** Debezium's `topic.heartbeat.prefix`, which hardly anybody changes. */
function isHeartbeatTopic(topic = ''): boolean {
  return topic.startsWith('__debezium-heartbeat');
}

function isSignalTopic(topic = ''): boolean {
  return /(?:^|[.-])signals?$/.test(topic);
}

function isTransaction({ status, id }: Fields, names: readonly string[]): boolean {
  if ((status !== 'BEGIN' && status !== 'END') || typeof id !== 'string') return false;
  return has(names, ['status', 'id', 'event_count', 'data_collections'], ['ts_ms']);
}

function isSchemaChange(value: Fields): boolean {
  if (!Object.hasOwn(value, 'ddl') || !Object.hasOwn(value, 'databaseName') || Object.hasOwn(value, 'op')) return false;
  return isObject(value.source) || Array.isArray(value.tableChanges);
}

function isObject(value: Value | undefined): boolean {
  return typeof value === 'object' && value !== null;
}

/** True when the names are all of the required ones and some of the others. */
function has(names: readonly string[], required: readonly string[], others: readonly string[]): boolean {
  return (
    required.every((name) => names.includes(name)) &&
    names.every((name) => required.includes(name) || others.includes(name))
  );
}
