import type { Schema } from '../../shared/data/schema.ts';
import type { Value } from '../../shared/data/value.ts';
import { EvaluationError } from '../../shared/filter/sql/evaluation-error.ts';
import { jsonColumnType, schemaColumnType } from '../../shared/filter/sql/record-value.ts';
import { formatTyped, isSupportedType } from '../../shared/filter/sql/type-io.ts';

/** A value of a row as it is printed. */
export interface RowCell {
  /** PostgreSQL's name of the type that the filter reads it as. */
  readonly type: string;
  /** As PostgreSQL writes it; null for null, and for what the record does not have. */
  readonly text: string | null;
}

const empty: RowCell = { type: 'text', text: null };

/** A value in PostgreSQL's own text, of the type that its schema or, without one, JSON gives it. */
export function toRowCell(value: Value | undefined, schema: Schema | null | undefined): RowCell {
  if (value === undefined || value === null) return empty;
  const column = schema ? schemaColumnType(schema) : jsonColumnType(value)!;
  try {
    const read = column.read(value);
    return { type: column.type, text: isSupportedType(column.type) ? formatTyped(read, column.type) : String(read) };
  } catch (error) {
    // A value beyond what PostgreSQL's type has, as a year 300000, is shown as it was written.
    if (!(error instanceof EvaluationError)) throw error;
    return { type: 'text', text: typeof value === 'object' ? JSON.stringify(value) : String(value) };
  }
}
