import { SluiceError } from '../../errors/sluice-error.ts';
import { EvaluationError, sqlStates } from './evaluation-error.ts';
import type { Expression } from './expression.ts';
import { FilterSqlError, toPosition } from './filter-sql-error.ts';
import { type Projection, project } from './projection.ts';
import type { SelectedRow, SqlRow } from './row-source.ts';
import type { SelectList } from './select-list.ts';
import { unavailable } from './sql-value.ts';
import type { TypedProgram } from './typed-program.ts';

/** What WHERE says of a row: SQL's three truth values, and `unavailable` where it reads what the row lacks. */
export type Truth = boolean | null | 'unavailable';

/** An output column of a SELECT, besides those of `*`. */
export interface SelectedColumn {
  readonly name: string;
  /** The input column that passes through under this name; undefined for a computed one. */
  readonly column: string | undefined;
  /** The input columns that it is computed from, or the one that passes through. */
  readonly reads: readonly string[];
  /** Its type as far as the text and `col.types` tell; null where records decide. */
  readonly type: string | null;
}

interface SelectParts {
  readonly table: string;
  readonly offset: number | undefined;
  readonly text: string;
  readonly list: SelectList;
  readonly predicate: TypedProgram<Expression> | undefined;
  readonly projection: TypedProgram<Projection>;
  /** Columns that each computed column reads. */
  readonly reads: ReadonlyMap<string, readonly string[]>;
}

/** One SELECT of `filter.sql`. */
export class TableSelect {
  /** The table's name as written, its parts joined by points. */
  readonly table: string;
  /** Byte offset of the table's name. */
  readonly offset: number | undefined;
  /** True when all columns of the row go out (`*`). */
  readonly star: boolean;
  /** Output columns besides those of `*`. */
  readonly columns: readonly SelectedColumn[];
  /** Columns that WHERE and the select list read; of the latter without those of `*`. */
  readonly reads: { readonly predicate: readonly string[]; readonly projection: readonly string[] };
  /** Metadata columns that it reads, as `__key`. */
  readonly metadata: ReadonlySet<string>;
  /** True when WHERE is left out, so that every row is taken. */
  readonly takesAll: boolean;
  readonly #parts: SelectParts;

  constructor(parts: SelectParts) {
    const { table, offset, list, predicate, projection } = parts;
    this.#parts = parts;
    this.table = table;
    this.offset = offset;
    this.star = list.star;
    this.takesAll = predicate === undefined;
    this.metadata = new Set([...(predicate?.metadata ?? []), ...projection.metadata]);
    const passed = list.items.flatMap(({ column }) => (column === undefined ? [] : [column]));
    this.reads = {
      predicate: predicate?.columns ?? [],
      projection: [...new Set([...passed, ...projection.columns])],
    };
    const computed = new Map(projection.preview.computed.map((each) => [each.name, each.expression]));
    this.columns = list.items.map(({ name, column }) => {
      const expression = computed.get(name);
      const type =
        expression === undefined || expression.tentative || expression.type === 'unknown' ? null : expression.type;
      return { name, column, reads: column === undefined ? (parts.reads.get(name) ?? []) : [column], type };
    });
  }

  /**
   * What WHERE says of a row.
   *
   * @throws SluiceError `FILTER_FAILED` where it has no value
   */
  test(row: SqlRow): Truth {
    const { predicate } = this.#parts;
    if (predicate === undefined) return true;
    return this.#guard(() => {
      const { compiled, reader } = predicate.bind(row);
      const truth = compiled.evaluate(reader);
      return truth === unavailable ? 'unavailable' : (truth as boolean | null);
    });
  }

  /**
   * The row as the select list gives it; a column that reads what the row lacks is left out.
   *
   * @throws SluiceError `FILTER_FAILED` where an expression has no value
   */
  project(row: SqlRow): SelectedRow {
    const { list, projection } = this.#parts;
    return this.#guard(() => project(list, row, projection.bind(row)));
  }

  #guard<Result>(run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      throw this.#toSluiceError(error);
    }
  }

  #toSluiceError(error: unknown): unknown {
    const { text, offset } = this.#parts;
    if (error instanceof EvaluationError) {
      const position = toPosition(text, error.position ?? offset ?? 0);
      const message = `The expression at ${position} of filter.sql has no value for this record: ${error.message}.`;
      return new SluiceError('FILTER_FAILED', message, { stage: 'filter', sqlState: sqlStates[error.kind] });
    }
    if (error instanceof FilterSqlError) {
      const position = toPosition(text, error.offset ?? offset ?? 0);
      const message = `filter.sql does not fit the types of this record, at ${position}: ${error.message}`;
      return new SluiceError('FILTER_FAILED', message, { stage: 'filter' });
    }
    return error;
  }
}
