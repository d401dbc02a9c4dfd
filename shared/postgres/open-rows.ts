import { rowId } from './row-id.ts';

/** Rows that open dead letters of a partition are about, while a batch adds to them. */
export class OpenRows {
  #rows: ReadonlySet<string>;
  #added: Set<string> | undefined;

  constructor(known: ReadonlySet<string>) {
    this.#rows = known;
  }

  /** All of them, by {@link rowId}. */
  get all(): ReadonlySet<string> {
    return this.#rows;
  }

  /** True when one of the keys of the table names such a row. */
  hasAny(table: string, keyTexts: readonly string[]): boolean {
    return this.#rows.size > 0 && keyTexts.some((text) => this.#rows.has(rowId(table, text)));
  }

  /** Adds the rows; what the object was made of stays as it is. */
  add(table: string, keyTexts: readonly string[]): void {
    if (keyTexts.length === 0) return;
    this.#added ??= new Set(this.#rows);
    for (const text of keyTexts) this.#added.add(rowId(table, text));
    this.#rows = this.#added;
  }
}
