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
  /** What an existing row gets; the other columns are for a new one. Absent: all columns. */
  readonly assigned?: ColumnSet;
  /** The row must exist, because a new one could not be told whole. */
  readonly mustExist: boolean;
}

/** What a set says of the row besides its columns. */
type SetUse = Partial<Pick<ColumnSet, 'assigned' | 'mustExist'>>;

/** An image bound to its table: text forms of the values, by position in the column set. */
export interface BoundRow {
  readonly set: ColumnSet;
  readonly values: readonly (string | null)[];
}

/**
 * True when a row that was written with `later` alone is the one that was written with `earlier` and then `later`, whether
 * it existed before or not.
 */
export function covers(later: BoundRow, earlier: BoundRow): boolean {
  const { set } = later;
  if (set === earlier.set && set.assigned === undefined) return true;
  if (set.mustExist !== earlier.set.mustExist) return false;
  const { assigned } = set;
  if (assigned === undefined) return earlier.set.columns.every(({ name }) => set.positions.has(name));
  // Were the row new, its other columns would come from the earlier image.
  return (
    set === earlier.set &&
    set.columns.every(({ name }, i) => assigned.positions.has(name) || later.values[i] === earlier.values[i])
  );
}

/** Most column sets of a table that are remembered. */
const maxSets = 1_000;

/** Makes and remembers the {@link ColumnSet}s of a table. */
export class ColumnSets {
  readonly #table: TargetTable;
  readonly #byId = new Map<string, ColumnSet>();
  readonly #missingBySet = new WeakMap<ColumnSet, WeakMap<ColumnSet, readonly number[]>>();
  readonly #writable: number;

  constructor(table: TargetTable) {
    this.#table = table;
    this.#writable = [...table.columns.values()].filter(({ generated }) => !generated).length;
  }

  of(columns: readonly TargetColumn[], { assigned, mustExist = false }: SetUse = {}): ColumnSet {
    const id = `${JSON.stringify(columns.map(({ name }) => name))}${assigned?.id ?? ''}${mustExist ? '!' : ''}`;
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const positions = new Map(columns.map(({ name }, position) => [name, position]));
    const set: ColumnSet = {
      id,
      columns,
      positions,
      isFull: columns.length === this.#writable,
      lacksRequired: [...this.#table.columns.values()].some(({ name, required }) => required && !positions.has(name)),
      ...(assigned && { assigned }),
      mustExist,
    };
    // Producers decide on the columns, so they are bounded; a set that is made again has the same id.
    if (this.#byId.size >= maxSets) this.#byId.clear();
    this.#byId.set(id, set);
    return set;
  }

  /** `row` with the columns that it lacks taken from `others`; with `forNewRow` an existing row does not get those. */
  complete(row: BoundRow, others: BoundRow, forNewRow = false): BoundRow {
    const missing = this.#missing(row.set, others.set);
    if (missing.length === 0) return row;
    const columns = [...row.set.columns, ...missing.map((position) => others.set.columns[position]!)];
    const values = [...row.values, ...missing.map((position) => others.values[position]!)];
    return { set: this.of(columns, forNewRow ? { assigned: row.set } : {}), values };
  }

  /** Positions of the columns of the one set that the other lacks. */
  #missing(set: ColumnSet, others: ColumnSet): readonly number[] {
    let bySet = this.#missingBySet.get(set);
    if (bySet === undefined) {
      bySet = new WeakMap();
      this.#missingBySet.set(set, bySet);
    }
    let missing = bySet.get(others);
    if (missing === undefined) {
      missing = others.columns.flatMap(({ name }, position) => (set.positions.has(name) ? [] : [position]));
      bySet.set(others, missing);
    }
    return missing;
  }

  /** `row`, which is not for a new one. */
  ofExisting({ set, values }: BoundRow): BoundRow {
    return { set: this.of(set.columns, { mustExist: true }), values };
  }
}
