import type { TargetSettings } from './target-settings.ts';
import type { TargetTable } from './target-table.ts';

/** The columns that a SELECT of `filter.sql` gives, as far as they are known before records are. */
export interface SelectedColumns {
  /** True when it gives all columns of its row besides. */
  readonly star: boolean;
  /** `column`: the input column that passes through; `type`: PostgreSQL's own name of it, null where records decide. */
  readonly columns: readonly {
    readonly name: string;
    readonly column: string | undefined;
    readonly type: string | null;
  }[];
  /** True for a type that the SELECT can cast to, by PostgreSQL's own name. */
  readonly canCastTo: (type: string) => boolean;
}

/** What {@link checkSelectedColumns} finds: sentences. */
export interface SelectedColumnsCheck {
  /** Key columns that no row has. */
  readonly missingKeys: readonly string[];
  /** Columns that the table does not have. */
  readonly unknown: readonly string[];
  readonly warnings: readonly string[];
}

/** Types whose values are the same texts in PostgreSQL, whatever the catalog calls them. */
const sameTypes: Readonly<Record<string, string>> = { varchar: 'text', _varchar: '_text' };

/** Compares what a SELECT gives with the table that it is written to. The SELECT's types never follow the table's. */
export function checkSelectedColumns(
  { star, columns, canCastTo }: SelectedColumns,
  table: TargetTable,
  { keyMode, columnTypes }: Pick<TargetSettings, 'keyMode' | 'columnTypes'>,
): SelectedColumnsCheck {
  const given = new Set(columns.map(({ name }) => name));
  const readsKeys = !star && (keyMode === 'none' || keyMode === 'record_value');
  const warnings = columns.flatMap(({ name, column, type }) => {
    const target = table.columns.get(name);
    // Of a column that passes through, col.types itself is compared with the table.
    const isToldAlready = column === name && columnTypes.has(name);
    if (target === undefined || type === null || isToldAlready || isSame(type, target.baseType)) return [];
    const cast = `${column ?? '(…)'}::${target.castType} AS ${name}`;
    const advice = canCastTo(target.baseType) ? `; ${cast} says so in SQL` : '';
    const differs = `filter.sql gives ${name} as ${showType(type)}, and in ${table.displayName} it is ${target.castType}`;
    return [`${differs}: PostgreSQL converts the values when they are written${advice}.`];
  });
  return {
    missingKeys: readsKeys ? table.keyColumns.map(({ name }) => name).filter((name) => !given.has(name)) : [],
    unknown: [...given].filter((name) => !table.columns.has(name)),
    warnings,
  };
}

function isSame(type: string, targetType: string): boolean {
  return (sameTypes[type] ?? type) === (sameTypes[targetType] ?? targetType);
}

function showType(type: string): string {
  return type.startsWith('_') ? `${type.slice(1)}[]` : type;
}
