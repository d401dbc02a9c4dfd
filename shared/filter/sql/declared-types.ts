import { coerce } from './coercion.ts';
import { parseTypeName } from './compile-type-cast.ts';
import { constantExpression } from './expression.ts';
import { FilterSqlError } from './filter-sql-error.ts';
import { listOf, parseStatements, type TreeNode, unwrap } from './parse-statements.ts';
import { type ColumnType, namedColumnType } from './record-value.ts';
import type { SqlValue } from './sql-value.ts';

/**
 * Reads the types that `col.types` gives columns. One that expressions do not know is an error only where an expression
 * reads the column.
 */
export async function parseDeclaredTypes(
  types: ReadonlyMap<string, string>,
): Promise<(column: string) => ColumnType | undefined> {
  const parsed = new Map<string, ColumnType>();
  for (const [column, type] of types) parsed.set(column, await parseDeclaredType(type));
  return (column) => parsed.get(column);
}

async function parseDeclaredType(text: string): Promise<ColumnType> {
  try {
    const [statement] = await parseStatements(`SELECT NULL::${text}`);
    const [, target] = unwrap(listOf(statement?.node.targetList)[0]);
    const [, cast] = unwrap(target.val);
    const { type, typmod } = parseTypeName(cast.typeName as TreeNode, undefined);
    // A literal that is coerced tells how the modifier changes values.
    const constrain = (value: SqlValue) => (typmod === -1 ? value : constrained(value, type, typmod));
    return namedColumnType(type, constrain);
  } catch (error) {
    if (!(error instanceof FilterSqlError)) throw error;
    return namedColumnType(text, (value) => value);
  }
}

function constrained(value: SqlValue, type: string, typmod: number): SqlValue {
  return coerce(constantExpression(type, value, undefined), type, 'explicit', typmod).constant ?? value;
}
