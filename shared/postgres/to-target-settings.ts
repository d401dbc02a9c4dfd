import type { Findings } from '../config/findings.ts';
import { nearestName } from '../config/nearest-name.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import type { Product } from '../config/product.ts';
import { knownColumnTypes, splitColumnTypes, toColumnTypeName } from './column-type-name.ts';
import { toDeadLetterSettings, toOffsetGaps } from './to-dead-letter-settings.ts';
import { type ConnectionContext, toConnectionSettings } from './to-connection-settings.ts';
import { defaultNamingStrategy, targetProperty } from './properties.ts';
import type { TargetSettings } from './target-settings.ts';

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
  return {
    connection,
    ...(targetTable !== undefined && { targetTable }),
    tableNameFormat: toTableNameFormat(values, context, findings),
    ...(columns && { columns }),
    columnTypes: toColumnTypes(values, findings),
    keyColumns,
    writeMode: toWriteMode(values, context.product, findings),
    deleteEnabled: values.get(targetProperty.deleteEnabled),
    errorsTolerance: values.get(targetProperty.errorsTolerance) === 'none' ? 'none' : 'all',
    deadLetters: toDeadLetterSettings(values, leavesColumnsOut, findings),
    offsetGaps: toOffsetGaps(values),
    ledgerSchema: values.get(targetProperty.ledgerSchema),
  };
}

function toKeyColumns(values: PropertyValues, product: Product, findings: Findings): readonly string[] {
  const fields = values.get(targetProperty.keyColumns) ?? [];
  const takesFields = values.get(targetProperty.keyMode) !== 'none' || product === 'adbpg' || product === 'sluice';
  if (takesFields || fields.length === 0) return fields;
  const name = values.writtenAs(targetProperty.keyColumns)!;
  findings.warn(name, `${name} has no effect while pk.mode is none, as in this connector.class; say record_value.`);
  return [];
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

function toTableNameFormat(values: PropertyValues, { product, topics }: TargetContext, findings: Findings): string {
  const format = values.get(targetProperty.tableNameFormat);
  const name = values.writtenAs(targetProperty.tableNameFormat) ?? targetProperty.tableNameFormat.name;
  const placeholder = /\$\{(?!topic\})[^}]*\}/.exec(format)?.[0];
  if (placeholder !== undefined) {
    findings.error(name, `${name}: the placeholder ${placeholder} is not supported yet; \${topic} is.`);
  }
  const underscored = product === 'debezium' && values.get(targetProperty.namingStrategy) === defaultNamingStrategy;
  const dotted = topics.some((topic) => topic.includes('.'));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Kafka Connect's placeholder
  if (!underscored || !dotted || !format.includes('${topic}')) return format;
  if (topics.length > 1 && values.get(targetProperty.table) === undefined) {
    findings.error(
      name,
      `${name}: several topics with dots in one connector are not supported yet with this connector.class, which turns ` +
        'dots into underscores; make a connector for each topic, or use PassthroughCollectionNamingStrategy.',
    );
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Kafka Connect's placeholder
  return format.replaceAll('${topic}', topics[0]!.replaceAll('.', '_'));
}

function toWriteMode(values: PropertyValues, product: Product, findings: Findings): TargetSettings['writeMode'] {
  const mode = values.get(targetProperty.writeMode);
  if (mode === 'multi' && product !== 'aiven') {
    findings.error(
      values.writtenAs(targetProperty.writeMode)!,
      'The write mode multi exists only in the Aiven connector; say insert or upsert.',
    );
  }
  return mode === 'upsert' ? 'upsert' : 'insert';
}

function nonEmptyList(list: readonly string[] | undefined): readonly string[] | undefined {
  return list && list.length > 0 ? list : undefined;
}
