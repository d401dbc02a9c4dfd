import type { TargetColumn, TargetTable } from './target-table.ts';

/** The columns that an image carries, in the image's order. Images with the same columns share one `id`. */
export interface ColumnSet {
  /** Identity within a table. */
  readonly id: string;
  readonly columns: readonly TargetColumn[];
  /** Position in `columns` by name. */
  readonly positions: ReadonlyMap<string, number>;
  /** Every column of the table that can be written is there. */
  readonly isFull: boolean;
  /** A column is missing without which PostgreSQL may refuse the insert of a row. */
  readonly lacksRequired: boolean;
}

/** An image bound to its table: text forms of the values, by position in the column set. */
export interface BoundRow {
  readonly set: ColumnSet;
  readonly values: readonly (string | null)[];
}

/** True when `later` carries every column that `earlier` carries. */
export function covers(later: BoundRow, earlier: BoundRow): boolean {
  return later.set === earlier.set || earlier.set.columns.every(({ name }) => later.set.positions.has(name));
}

/** Most column sets of a table that are remembered. */
const maxSets = 1_000;

/** Makes and remembers the {@link ColumnSet}s of a table. */
export class ColumnSets {
  readonly #table: TargetTable;
  readonly #byId = new Map<string, ColumnSet>();
  readonly #writable: number;

  constructor(table: TargetTable) {
    this.#table = table;
    this.#writable = [...table.columns.values()].filter(({ generated }) => !generated).length;
  }

  of(columns: readonly TargetColumn[]): ColumnSet {
    const id = JSON.stringify(columns.map(({ name }) => name));
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const positions = new Map(columns.map(({ name }, position) => [name, position]));
    const set: ColumnSet = {
      id,
      columns,
      positions,
      isFull: columns.length === this.#writable,
      lacksRequired: [...this.#table.columns.values()].some(({ name, required }) => required && !positions.has(name)),
    };
    // Producers decide on the columns, so they are bounded; a set that is made again has the same id.
    if (this.#byId.size >= maxSets) this.#byId.clear();
    this.#byId.set(id, set);
    return set;
  }

  /** `row` with the columns that it lacks taken from `others`. */
  complete(row: BoundRow, others: BoundRow): BoundRow {
    const columns = [...row.set.columns];
    const values = [...row.values];
    others.set.columns.forEach((column, position) => {
      if (row.set.positions.has(column.name)) return;
      columns.push(column);
      values.push(others.values[position]!);
    });
    return { set: this.of(columns), values };
  }
}
