import type { ErrorCode } from '../../shared/errors/error-table.ts';
import type { WriteMode } from '../../shared/postgres/target-settings.ts';

/** One value in its two spellings: as the message writes it, and as PostgreSQL prints it with `::text` (null = NULL). */
export interface ModelValue {
  readonly json: string;
  readonly text: string | null;
}

/** Columns of a row that a message carries. A column that is not a member was not sent. */
export type ModelImage = Readonly<Record<string, ModelValue>>;

/** One well-formed change; images as the op needs them. */
export interface ModelChange {
  readonly op: 'c' | 'r' | 'u' | 'd';
  readonly before: ModelImage | null;
  readonly after: ModelImage | null;
}

/** The target table as the model knows it. `key` is empty for a table without one. */
export interface ModelTable {
  readonly columns: readonly ModelColumn[];
  readonly key: readonly string[];
}

/** One column; `default` is what a new row takes when the image does not carry the column. */
export interface ModelColumn {
  readonly name: string;
  readonly default: ModelValue;
  readonly notNull: boolean;
}

/** What became of one change: `applied`, also when it found nothing to do, or the code of its dead letter. */
export type ModelOutcome = 'applied' | ErrorCode;

/** SQL NULL. */
export const nullValue: ModelValue = { json: 'null', text: null };

type Row = Map<string, ModelValue>;

/**
 * The oracle of the sink: a table in memory to which changes are applied one by one, in order, by the plainest code
 * that follows the contract. It knows no batches, no compaction, no ledger.
 */
export class ReplayModel {
  readonly table: ModelTable;
  readonly mode: WriteMode;
  readonly holdsRows: boolean;
  #rows: Row[] = [];
  /** Keys of rows that a dead letter is about. */
  readonly #heldKeys = new Set<string>();

  /** With `holdsRows` every later change of a row that a dead letter is about is one, too. */
  constructor(table: ModelTable, mode: WriteMode, holdsRows = false) {
    this.table = table;
    this.mode = mode;
    this.holdsRows = holdsRows;
  }

  /** The rows as images of all columns, in no order that means anything. */
  get rows(): readonly ModelImage[] {
    return this.#rows.map((row) => Object.fromEntries(row));
  }

  /** Notes that a message which says no change is a dead letter about the row of the image. */
  hold(image: ModelImage): void {
    const key = this.table.key.length > 0 ? this.#keyOf(image) : undefined;
    if (key !== undefined) this.#heldKeys.add(key);
  }

  /**
   * Applies one change wholly or, when its code is a dead letter's, not at all. `isNeverShown`: a later change of the
   * batch replaces it wholly, so that PostgreSQL never sees it and cannot refuse it.
   */
  apply(change: ModelChange, isNeverShown = false): ModelOutcome {
    const outcome = this.holdsRows && this.#isHeld(change) ? 'KEY_HELD' : this.#tryApply(change);
    if (outcome === 'ROW_REJECTED' && isNeverShown) return 'applied';
    if (outcome !== 'applied') for (const image of [change.before, change.after]) this.hold(image ?? {});
    return outcome;
  }

  #isHeld({ before, after }: ModelChange): boolean {
    return [before, after].some((image) => {
      const key = this.table.key.length > 0 ? this.#keyOf(image) : undefined;
      return key !== undefined && this.#heldKeys.has(key);
    });
  }

  #tryApply(change: ModelChange): ModelOutcome {
    const rowsBefore = this.#rows.map((row) => new Map(row));
    const outcome = this.table.key.length > 0 ? this.#applyKeyed(change) : this.#applyKeyless(change);
    // PostgreSQL looks for nulls before it looks for keys.
    const isRejected = this.#rows.some((row) =>
      this.table.columns.some((column) => column.notNull && row.get(column.name)?.text === null),
    );
    if (outcome === 'applied' && !isRejected) return 'applied';
    this.#rows = rowsBefore;
    return isRejected ? 'ROW_REJECTED' : outcome;
  }

  #applyKeyed({ op, before, after }: ModelChange): ModelOutcome {
    const oldKey = this.#keyOf(before);
    if (op === 'd') {
      if (oldKey === undefined) return 'KEY_MISSING';
      this.#remove(this.#find(oldKey));
      return 'applied';
    }
    // An update may leave key columns out of after; then they have not changed.
    const image = op === 'u' && oldKey !== undefined ? { ...this.#keyColumnsOf(before), ...after } : { ...after };
    const newKey = this.#keyOf(image);
    if (newKey === undefined) return 'KEY_MISSING';
    if (op === 'c' || op === 'r') return this.#create(op, newKey, image);

    const sourceKey = oldKey ?? newKey;
    const source = this.#find(sourceKey);
    if (source === undefined) {
      const present = this.#find(newKey);
      // A new row has what before says of columns that after leaves out.
      if (this.mode === 'upsert')
        this.#overwriteOrInsert(present, present === undefined ? { ...before, ...image } : image);
      return 'applied';
    }
    const occupant = sourceKey === newKey ? undefined : this.#find(newKey);
    if (this.mode === 'upsert') this.#remove(occupant);
    this.#overwriteOrInsert(source, image);
    return occupant !== undefined && this.mode !== 'upsert' ? 'ROW_EXISTS' : 'applied';
  }

  #create(op: 'c' | 'r', key: string, after: ModelImage): ModelOutcome {
    const existing = this.#find(key);
    // PostgreSQL looks at the proposed row before it looks for the one that is there.
    if (this.mode === 'insert_ignore' && existing !== undefined)
      return this.#isRefused(after) ? 'ROW_REJECTED' : 'applied';
    if (this.mode === 'update' && existing === undefined) return 'applied';
    const isTaken = this.mode === 'insert' && op === 'c' && existing !== undefined;
    this.#overwriteOrInsert(isTaken ? undefined : existing, after);
    return isTaken ? 'ROW_EXISTS' : 'applied';
  }

  #isRefused(image: ModelImage): boolean {
    return this.table.columns.some(
      ({ name, notNull, default: value }) => notNull && (image[name] ?? value).text === null,
    );
  }

  #applyKeyless({ op, before, after }: ModelChange): ModelOutcome {
    if (op === 'c' || op === 'r') {
      this.#overwriteOrInsert(undefined, after ?? {});
      return 'applied';
    }
    const located = this.#rows.filter((row) =>
      Object.entries(before ?? {}).every(([column, value]) => row.get(column)?.text === value.text),
    );
    const isFullImage = this.table.columns.every((column) => before !== null && column.name in before);
    const touched = isFullImage ? located.slice(0, 1) : located;
    for (const row of touched) {
      if (op === 'd') this.#remove(row);
      else this.#overwriteOrInsert(row, after ?? {});
    }
    if (op === 'u' && touched.length === 0 && this.mode === 'upsert') this.#overwriteOrInsert(undefined, after ?? {});
    return 'applied';
  }

  #keyColumnsOf(image: ModelImage | null): ModelImage {
    return Object.fromEntries(Object.entries(image ?? {}).filter(([column]) => this.table.key.includes(column)));
  }

  #keyOf(image: ModelImage | null): string | undefined {
    const parts = this.table.key.map((column) => image?.[column]?.text ?? null);
    return parts.includes(null) ? undefined : JSON.stringify(parts);
  }

  #find(key: string): Row | undefined {
    return this.#rows.find((row) => this.#keyOf(Object.fromEntries(row)) === key);
  }

  #remove(row: Row | undefined): void {
    this.#rows = this.#rows.filter((candidate) => candidate !== row);
  }

  #overwriteOrInsert(existing: Row | undefined, image: ModelImage): void {
    const row = existing ?? new Map(this.table.columns.map((column) => [column.name, column.default]));
    for (const [column, value] of Object.entries(image)) row.set(column, value);
    if (existing === undefined) this.#rows.push(row);
  }
}

/** The message of the c/u/d contract that says the change. */
export function renderChange({ op, before, after }: ModelChange): string {
  const render = (image: ModelImage | null) =>
    image === null
      ? 'null'
      : `{${Object.entries(image)
          .map(([column, value]) => `${JSON.stringify(column)}:${value.json}`)
          .join(',')}}`;
  return `{"before":${render(before)},"after":${render(after)},"op":"${op}","transaction":null}`;
}

/** Rows in a form that two tables with equal contents have in common, whatever the order of their rows. */
export function toComparableRows(rows: readonly Readonly<Record<string, string | null>>[]): string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
}
