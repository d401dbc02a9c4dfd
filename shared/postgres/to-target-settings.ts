import type { Findings } from '../config/findings.ts';
import { nearestName } from '../config/nearest-name.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import type { Product } from '../config/product.ts';
import { knownColumnTypes, splitColumnTypes, toColumnTypeName } from './column-type-name.ts';
import { targetProperty } from './properties.ts';
import type { SoftDelete, TargetSettings } from './target-settings.ts';
import { type ConnectionContext, toConnectionSettings } from './to-connection-settings.ts';
import { toDeadLetterSettings, toOffsetGaps } from './to-dead-letter-settings.ts';
import { checkTableNames, toNamingSettings } from './to-naming-settings.ts';
import { type RowSettings, toRowSettings } from './to-row-settings.ts';
import { toSchemaSettings } from './to-schema-settings.ts';

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
  const rows = toRowSettings(values, context.product, findings);
  const naming = toNamingSettings(values, context.product, findings);
  const columns = toColumns(values, rows, findings);
  // col.names lists what there is to write as often as what there is to leave out.
  const whitelist = nonEmptyList(values.get(targetProperty.fieldsWhitelist));
  const leavesColumnsOut = context.filtersColumns || whitelist !== undefined;
  if (connection === undefined) return undefined;
  const settings: TargetSettings = {
    connection,
    ...naming,
    ...rows,
    ...(columns && { columns: [...columns, ...(rows.softDelete ? toMarkerColumns(rows.softDelete) : [])] }),
    columnTypes: toColumnTypes(values, findings),
    errorsTolerance: values.get(targetProperty.errorsTolerance) === 'none' ? 'none' : 'all',
    deadLetters: toDeadLetterSettings(values, leavesColumnsOut, findings),
    offsetGaps: toOffsetGaps(values),
    schema: toSchemaSettings(values, rows.keyColumns.length > 0 || rows.keyMode === 'record_key', findings),
    ledgerSchema: values.get(targetProperty.ledgerSchema),
  };
  checkTableNames(settings, values, context.topics, findings);
  return settings;
}

function toMarkerColumns({ markerColumn, timeColumn }: SoftDelete): string[] {
  return [markerColumn, ...(timeColumn === undefined ? [] : [timeColumn])];
}

function toColumns(
  values: PropertyValues,
  { keyColumns, keyMode }: RowSettings,
  findings: Findings,
): readonly string[] | undefined {
  const names = nonEmptyList(values.get(targetProperty.columns));
  const whitelist = nonEmptyList(values.get(targetProperty.fieldsWhitelist));
  if (names && whitelist) {
    findings.error('fields.whitelist', 'col.names and fields.whitelist both choose the columns; keep one of them.');
  }
  const repeated = names?.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) findings.error('col.names', `col.names names the column ${repeated} twice.`);
  const readsImages = keyMode === 'none' || keyMode === 'record_value';
  const keyOutside = readsImages && names && keyColumns.find((name) => !names.includes(name));
  if (keyOutside) {
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

function nonEmptyList(list: readonly string[] | undefined): readonly string[] | undefined {
  return list && list.length > 0 ? list : undefined;
}
