import { fieldSchema, type Field, type Schema } from '../../data/schema.ts';
import type { Value } from '../../data/value.ts';
import { coerce } from './coercion.ts';
import { compileExpression } from './compile-expression.ts';
import type { CompileScope } from './compile-scope.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { Expression } from './expression.ts';
import { type Output, outputOf } from './output-value.ts';
import type { SelectedRow, SqlRow } from './row-source.ts';
import type { SelectItem, SelectList } from './select-list.ts';
import { unavailable } from './sql-value.ts';
import type { BoundProgram } from './typed-program.ts';

/** A computed column, compiled for the types of a row. */
interface ComputedColumn {
  readonly name: string;
  readonly expression: Expression;
  /** Undefined for a column that is null, whatever its type. */
  readonly output: Output | undefined;
}

/** The computed columns of a select list, and the schemas that rows get by it. */
export interface Projection {
  readonly computed: readonly ComputedColumn[];
  /** By the schema of the row; under null for rows without. */
  readonly schemas: { readonly bySchema: WeakMap<Schema, Schema>; withoutSchema: Schema | null | undefined };
}

/** Items that have to be computed: all but columns that pass through. */
export function computedItems({ items }: SelectList): readonly SelectItem[] {
  return items.filter(({ column }) => column === undefined);
}

/** Compiles the computed columns. */
export function buildProjection(list: SelectList, scope: CompileScope): Projection {
  const computed = computedItems(list).map(({ name, node }) => {
    const compiled = compileExpression(node, scope);
    // An untyped literal is text, as in PostgreSQL.
    const expression = compiled.literal === undefined ? compiled : coerce(compiled, 'text');
    return { name, expression, output: outputOf(expression.type) };
  });
  return { computed, schemas: { bySchema: new WeakMap(), withoutSchema: undefined } };
}

/**
 * Applies a select list to a row. A column that the row lacks, or that reads one that it lacks, is left out.
 *
 * @throws EvaluationError for an expression without a value, and for a column that `*` and an expression give both
 */
export function project(list: SelectList, row: SqlRow, { compiled, reader }: BoundProgram<Projection>): SelectedRow {
  const values: [string, Value][] = list.star ? Object.entries(row.image) : [];
  for (const { name, column } of list.items) {
    if (column !== undefined && Object.hasOwn(row.image, column)) values.push([name, row.image[column]!]);
  }
  for (const { name, expression, output } of compiled.computed) {
    const value = expression.evaluate(reader);
    if (value === unavailable) continue;
    if (value !== null && output === undefined) throw new EvaluationError('type mismatch', `column ${name}`);
    values.push([name, value === null ? null : output!.toValue(value)]);
  }
  if (list.star) checkOnce(list, row);
  return { image: Object.fromEntries(values), schema: schemaOf(list, compiled, row.schema) };
}

function checkOnce({ items }: SelectList, { image }: SqlRow): void {
  const twice = items.find(({ name }) => Object.hasOwn(image, name));
  if (twice !== undefined)
    throw new EvaluationError('feature not supported', `* and an expression both give ${twice.name}`);
}

function schemaOf(list: SelectList, { computed, schemas }: Projection, schema: Schema | null): Schema | null {
  const known = schema === null ? schemas.withoutSchema : schemas.bySchema.get(schema);
  if (known !== undefined) return known;
  const built = buildSchema(list, computed, schema);
  if (schema === null) schemas.withoutSchema = built;
  else schemas.bySchema.set(schema, built!);
  return built;
}

function buildSchema(list: SelectList, computed: readonly ComputedColumn[], schema: Schema | null): Schema | null {
  const fields: Field[] = list.star ? [...(schema?.fields ?? [])] : [];
  const computedByName = new Map(computed.map((column) => [column.name, column]));
  for (const { name, column } of list.items) {
    const field = column === undefined ? computedByName.get(name)?.output?.schema : fieldSchema(schema, column);
    if (field !== undefined) fields.push({ name, schema: field });
  }
  if (schema === null && fields.length === 0) return null;
  return { type: 'struct', optional: true, ...(schema?.name !== undefined && { name: schema.name }), fields };
}
