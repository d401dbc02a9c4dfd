import { quoteIdentifier } from '../../shared/postgres/identifier.ts';
import type { BinderSettings } from '../../shared/postgres/table-binder.ts';
import type { TargetColumn, TargetTable } from '../../shared/postgres/target-table.ts';

/** A column as the catalog would describe it: of a built-in type, nullable, without default, unless told otherwise. */
export function buildTargetColumn(name: string, baseType: string, changes: Partial<TargetColumn> = {}): TargetColumn {
  return {
    name,
    quoted: quoteIdentifier(name),
    castType: baseType.startsWith('_') ? `${baseType.slice(1)}[]` : baseType,
    baseType,
    isArray: baseType.startsWith('_'),
    typeModifier: -1,
    hasEquality: true,
    hasDeterministicCollation: true,
    required: false,
    generated: false,
    identityAlways: false,
    ...changes,
  };
}

/** A table `s.t` of these columns; `key` names the columns that identify a row, by a unique index unless told otherwise. */
export function buildTargetTable(
  columns: readonly TargetColumn[],
  key: readonly string[],
  changes: Partial<TargetTable> = {},
): TargetTable {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return {
    oid: '1',
    shape: '1',
    displayName: 's.t',
    quoted: '"s"."t"',
    columns: byName,
    keyColumns: key.map((name) => byName.get(name)!),
    keyIsUnique: key.length > 0,
    isView: false,
    parents: [],
    deletesCascade: false,
    isPlain: true,
    ...changes,
  };
}

/** What a binder goes by unless a test says otherwise: Debezium's placeholder, exact column names, mode upsert. */
export function buildBinderSettings(changes: Partial<BinderSettings> = {}): BinderSettings {
  return {
    foldsColumnNames: false,
    unavailableValue: Buffer.from('__debezium_unavailable_value'),
    insertsIncompleteRows: false,
    writeMode: 'upsert',
    schema: { creates: false, widens: false, unknownFields: 'fail', unknownFieldsByTable: new Map() },
    ...changes,
  };
}
