import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import type { Product } from '../config/product.ts';
import { isSluiceError } from '../errors/sluice-error.ts';
import { checkSchema } from './check-schema.ts';
import { defaultNamingStrategy, targetProperty } from './properties.ts';
import type { TargetSettings } from './target-settings.ts';
import { createTableNaming, namesBySource, type TableNaming } from './to-table-name.ts';

/** How target tables and columns are found by name. */
export type NamingSettings = TableNaming & Pick<TargetSettings, 'targetSchemas' | 'foldsColumnNames'>;

/** The settings that name tables; what is wrong with them is in `findings`. */
export function toNamingSettings(values: PropertyValues, product: Product, findings: Findings): NamingSettings {
  const targetTable = values.get(targetProperty.table);
  const schemas = values.get(targetProperty.targetSchemas) ?? [];
  return {
    ...(targetTable !== undefined && { targetTable }),
    tablesByTopic: toTablesByTopic(values, findings),
    tableNameFormat: toTableNameFormat(values, findings),
    underscoresTopic: product === 'debezium' && values.get(targetProperty.namingStrategy) === defaultNamingStrategy,
    ...(schemas.length > 0 && { targetSchemas: schemas }),
    foldsColumnNames: ['never', 'false'].includes(values.get(targetProperty.quoteIdentifiers)),
  };
}

function toTablesByTopic(values: PropertyValues, findings: Findings): ReadonlyMap<string, string> {
  const { name } = targetProperty.tablesByTopic;
  const pairs = values.get(targetProperty.tablesByTopic) ?? [];
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

/** Finds topics whose tables cannot be named or may not be written; what a source block decides shows with its records. */
export function checkTableNames(
  settings: TableNaming & Pick<TargetSettings, 'ledgerSchema' | 'targetSchemas'>,
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
