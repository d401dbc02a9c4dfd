import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import type { Product } from '../config/product.ts';
import { targetProperty } from './properties.ts';
import type { KeyMode, SoftDelete, TargetSettings, WriteMode } from './target-settings.ts';

/** What becomes of changes: how rows are identified, written and deleted. */
export type RowSettings = Pick<
  TargetSettings,
  | 'keyMode'
  | 'keyColumns'
  | 'writeMode'
  | 'deleteEnabled'
  | 'softDelete'
  | 'truncate'
  | 'unavailableValue'
  | 'insertsIncompleteRows'
  | 'orderTimeoutMs'
>;

/** The settings that say what becomes of changes; what is wrong with them is in `findings`. */
export function toRowSettings(values: PropertyValues, product: Product, findings: Findings): RowSettings {
  const keyMode = values.get(targetProperty.keyMode) as KeyMode;
  const writeMode = toWriteMode(values, product, findings);
  const softDelete = toSoftDelete(values, writeMode, findings);
  const unordered = values.get(targetProperty.truncateUnordered) as 'error' | 'ignore';
  const orderTimeoutMs = Number(values.get(targetProperty.orderTimeoutMs));
  return {
    keyMode,
    keyColumns: toKeyColumns(values, product, findings),
    writeMode,
    deleteEnabled: toDeleteEnabled(values, keyMode, findings),
    ...(softDelete && { softDelete }),
    truncate: values.get(targetProperty.truncateEnabled) ? unordered : 'filter',
    unavailableValue: toUnavailableValue(values, findings),
    insertsIncompleteRows: values.get(targetProperty.unavailablePolicy) === 'null',
    ...(orderTimeoutMs >= 0 && { orderTimeoutMs }),
  };
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
