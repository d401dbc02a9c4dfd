import type { Findings } from '../config/findings.ts';
import { nearestName } from '../config/nearest-name.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import type { Product } from '../config/product.ts';
import { isSluiceError } from '../errors/sluice-error.ts';
import { checkSchema } from './check-schema.ts';
import { knownColumnTypes, splitColumnTypes, toColumnTypeName } from './column-type-name.ts';
import { defaultNamingStrategy, targetProperty } from './properties.ts';
import type { KeyMode, SoftDelete, TargetSettings, WriteMode } from './target-settings.ts';
import { type ConnectionContext, toConnectionSettings } from './to-connection-settings.ts';
import { toDeadLetterSettings, toOffsetGaps } from './to-dead-letter-settings.ts';
import { toSchemaSettings } from './to-schema-settings.ts';
import { createTableNaming, namesBySource } from './to-table-name.ts';

/** What the target's settings depend on besides its own properties. */
export interface TargetContext extends ConnectionContext {
  readonly product: Product;
  readonly topics: readonly string[];
  /** The column lists leave columns of the records out. */
  readonly filtersColumns: boolean;
}

/**
 * Settings of the target. Undefined only when the connection is unknown; whatever is wrong is in `findings`, and the
 * settings are of use only when nothing is.
 */
export function toTargetSettings(
  values: PropertyValues,
  context: TargetContext,
  findings: Findings,
): TargetSettings | undefined {
  const connection = toConnectionSettings(values, context, findings);
  const keyColumns = toKeyColumns(values, context.product, findings);
  const columns = toColumns(values, keyColumns, findings);
  const targetTable = values.get(targetProperty.table);
  // col.names lists what there is to write as often as what there is to leave out.
  const whitelist = nonEmptyList(values.get(targetProperty.fieldsWhitelist));
  const leavesColumnsOut = context.filtersColumns || whitelist !== undefined;
  if (connection === undefined) return undefined;
  const keyMode = values.get(targetProperty.keyMode) as KeyMode;
  const writeMode = toWriteMode(values, context.product, findings);
  const softDelete = toSoftDelete(values, writeMode, findings);
  const schemas = nonEmptyList(values.get(targetProperty.targetSchemas));
  const orderTimeoutMs = Number(values.get(targetProperty.orderTimeoutMs));
  const settings: TargetSettings = {
    connection,
    ...(targetTable !== undefined && { targetTable }),
    tablesByTopic: toTablesByTopic(values, findings),
    tableNameFormat: toTableNameFormat(values, findings),
    underscoresTopic:
      context.product === 'debezium' && values.get(targetProperty.namingStrategy) === defaultNamingStrategy,
    ...(schemas && { targetSchemas: schemas }),
    foldsColumnNames: ['never', 'false'].includes(values.get(targetProperty.quoteIdentifiers)),
    ...(columns && { columns: [...columns, ...(softDelete ? toMarkerColumns(softDelete) : [])] }),
    columnTypes: toColumnTypes(values, findings),
    keyMode,
    keyColumns,
    writeMode,
    deleteEnabled: toDeleteEnabled(values, keyMode, findings),
    ...(softDelete && { softDelete }),
    truncate: values.get(targetProperty.truncateEnabled)
      ? (values.get(targetProperty.truncateUnordered) as 'error' | 'ignore')
      : 'filter',
    unavailableValue: toUnavailableValue(values, findings),
    insertsIncompleteRows: values.get(targetProperty.unavailablePolicy) === 'null',
    ...(orderTimeoutMs >= 0 && { orderTimeoutMs }),
    errorsTolerance: values.get(targetProperty.errorsTolerance) === 'none' ? 'none' : 'all',
    deadLetters: toDeadLetterSettings(values, leavesColumnsOut, findings),
    offsetGaps: toOffsetGaps(values),
    schema: toSchemaSettings(values, keyColumns.length > 0 || keyMode === 'record_key', findings),
    ledgerSchema: values.get(targetProperty.ledgerSchema),
  };
  checkTableNames(settings, values, context.topics, findings);
  return settings;
}

const kafkaKeyColumns = ['__connect_topic', '__connect_partition', '__connect_offset'];

function toKeyColumns(values: PropertyValues, product: Product, findings: Findings): readonly string[] {
  const fields = values.get(targetProperty.keyColumns) ?? [];
  const mode = values.get(targetProperty.keyMode);
  const name = values.writtenAs(targetProperty.keyColumns) ?? targetProperty.keyColumns.name;
  if (mode === 'kafka') {
    if (fields.length === 0) return kafkaKeyColumns;
    if (fields.length !== 3) findings.error(name, `${name} must name three columns while pk.mode is kafka, or none.`);
    return fields;
  }
  if (mode !== 'none' || product === 'adbpg' || product === 'sluice' || fields.length === 0) return fields;
  findings.warn(name, `${name} has no effect while pk.mode is none, as in this connector.class; say record_value.`);
  return [];
}

/** Topic, partition and offset name no row that an earlier record wrote, so nothing could be deleted by them. */
function toDeleteEnabled(values: PropertyValues, mode: KeyMode, findings: Findings): boolean {
  const enabled = values.get(targetProperty.deleteEnabled);
  if (mode !== 'kafka') return enabled;
  const written = values.writtenAs(targetProperty.deleteEnabled);
  if (enabled && written !== undefined) {
    findings.error(
      written,
      `${written} cannot work while pk.mode is kafka: no record names the row of an earlier one.`,
    );
  }
  return false;
}

function toSoftDelete(values: PropertyValues, mode: WriteMode, findings: Findings): SoftDelete | undefined {
  if (values.get(targetProperty.deleteMode) !== 'soft') return undefined;
  if (mode !== 'upsert') {
    findings.error('delete.mode', 'delete.mode=soft needs insert.mode=upsert, so that a deleted row can come again.');
  }
  const timeColumn = values.get(targetProperty.deleteTimeColumn);
  const markerColumn = values.get(targetProperty.deleteMarkerColumn);
  return { markerColumn, ...(timeColumn !== undefined && { timeColumn }) };
}

function toMarkerColumns({ markerColumn, timeColumn }: SoftDelete): string[] {
  return [markerColumn, ...(timeColumn === undefined ? [] : [timeColumn])];
}

function toUnavailableValue(values: PropertyValues, findings: Findings): Buffer {
  const text = values.get(targetProperty.unavailableValue);
  if (!text.startsWith('hex:')) return Buffer.from(text);
  const digits = text.slice('hex:'.length);
  if (!/^([0-9a-f]{2})*$/i.test(digits)) {
    const name = targetProperty.unavailableValue.name;
    findings.error(name, `${name}: pairs of hexadecimal digits are needed behind hex:.`);
  }
  return Buffer.from(digits, 'hex');
}

function toTablesByTopic(values: PropertyValues, findings: Findings): ReadonlyMap<string, string> {
  const { name } = targetProperty.tablesByTopic;
  const pairs = nonEmptyList(values.get(targetProperty.tablesByTopic)) ?? [];
  if (pairs.length > 0 && values.get(targetProperty.table) !== undefined) {
    findings.error(name, `${name} and target.tablename both name the tables; keep one of them.`);
  }
  const tables = new Map<string, string>();
  for (const pair of pairs) {
    const [, topic, table] = /^([^:]+):(.+)$/.exec(pair) ?? [];
    if (topic === undefined || table === undefined) findings.error(name, `${name}: "${pair}" is not topic:table.`);
    else if (tables.has(topic)) findings.error(name, `${name} names the topic ${topic} twice.`);
    else tables.set(topic, table);
  }
  return tables;
}

/** What the topics alone decide can be said before a record comes. */
function checkTableNames(
  settings: TargetSettings,
  values: PropertyValues,
  topics: readonly string[],
  findings: Findings,
): void {
  const property = values.writtenAs(targetProperty.tableNameFormat) ?? targetProperty.tableNameFormat.name;
  const toName = createTableNaming(settings);
  for (const topic of topics) {
    try {
      const name = toName(topic, { db: 'db', schema: 'schema', table: 'table' });
      if (name.schema !== null && !namesBySource(settings, topic)) checkSchema(name.schema, settings);
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      findings.error(property, `The topic ${topic} cannot be written: ${error.message}`);
    }
  }
}

function toColumns(
  values: PropertyValues,
  keyColumns: readonly string[],
  findings: Findings,
): readonly string[] | undefined {
  const names = nonEmptyList(values.get(targetProperty.columns));
  const whitelist = nonEmptyList(values.get(targetProperty.fieldsWhitelist));
  if (names && whitelist) {
    findings.error('fields.whitelist', 'col.names and fields.whitelist both choose the columns; keep one of them.');
  }
  const repeated = names?.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) findings.error('col.names', `col.names names the column ${repeated} twice.`);
  const keyOutside = names && keyColumns.find((name) => !names.includes(name));
  if (keyOutside !== undefined) {
    findings.error('pk.fields', `pk.fields names ${keyOutside}, which is not one of col.names.`);
  }
  return names ?? (whitelist && [...new Set([...whitelist, ...keyColumns])]);
}

function toColumnTypes(values: PropertyValues, findings: Findings): ReadonlyMap<string, string> {
  const names = values.get(targetProperty.columns) ?? [];
  // A LIST is cut at every comma, that of numeric(10,2) too; joined again it is cut only outside of parentheses.
  const types = splitColumnTypes((values.get(targetProperty.columnTypes) ?? []).join(',')).filter(
    (type) => type !== '',
  );
  if (types.length === 0) return new Map();
  if (types.length !== names.length) {
    const counts = `col.names has ${names.length} and col.types ${types.length}`;
    findings.error('col.types', `col.names and col.types must name the same number of columns: ${counts}.`);
  }
  return new Map(names.map((name, index) => [name, toColumnType(types[index] ?? '', findings)]));
}

function toColumnType(text: string, findings: Findings): string {
  const type = toColumnTypeName(text);
  if (type === undefined) {
    if (text !== '') findings.error('col.types', `col.types: "${text}" is not the name of a type.`);
    return text;
  }
  if (!type.known) {
    const nearest = nearestName(type.name, knownColumnTypes());
    const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    findings.warn('col.types', `col.types: ${type.name} is taken as a type of your own.${hint}`);
  }
  return type.name;
}

function toTableNameFormat(values: PropertyValues, findings: Findings): string {
  const format = values.get(targetProperty.tableNameFormat);
  const name = values.writtenAs(targetProperty.tableNameFormat) ?? targetProperty.tableNameFormat.name;
  const placeholder = /\$\{(?!(?:topic|source\.(?:db|schema|table))\})[^}]*\}/.exec(format)?.[0];
  if (placeholder !== undefined) {
    const known = ['topic', 'source.db', 'source.schema', 'source.table'].map((one) => `\${${one}}`).join(', ');
    findings.error(name, `${name}: the placeholder ${placeholder} is unknown; ${known} are known.`);
  }
  return format;
}

function toWriteMode(values: PropertyValues, product: Product, findings: Findings): TargetSettings['writeMode'] {
  const mode = values.get(targetProperty.writeMode);
  if (mode === 'multi' && product !== 'aiven') {
    findings.error(
      values.writtenAs(targetProperty.writeMode)!,
      'The write mode multi exists only in the Aiven connector; say insert or upsert.',
    );
  }
  return mode === 'multi' ? 'insert' : (mode as WriteMode);
}

function nonEmptyList(list: readonly string[] | undefined): readonly string[] | undefined {
  return list && list.length > 0 ? list : undefined;
}
