import type { Client } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import type { ColumnPredicate } from '../filter/column-filter.ts';
import { type CatalogSettings, readTargetTable, type TableName } from './read-target-table.ts';
import { type BinderSettings, TableBinder } from './table-binder.ts';
import type { TargetTable } from './target-table.ts';
import { toDatabaseError } from './to-database-error.ts';

/** Most tables that are remembered. */
const maxTables = 1_000;

/**
 * Remembers the descriptions of target tables. An entry lives until {@link forget}: after a statement failed in a way
 * that a changed table explains, and before a record is said not to fit its table.
 */
export class Catalog {
  readonly #settings: BinderSettings & CatalogSettings;
  readonly #tables = new Map<string, TargetTable | SluiceError>();
  readonly #binders = new Map<TargetTable, Map<ColumnPredicate, TableBinder>>();

  constructor(settings: BinderSettings & CatalogSettings) {
    this.#settings = settings;
  }

  /** Forgets every description when there are many, because producers may decide on the names. */
  makeRoom(): void {
    if (this.#tables.size > maxTables) this.forget();
  }

  /** True when {@link table} knows the table. */
  knows(name: TableName): boolean {
    return this.#tables.has(idOf(name));
  }

  /** True when {@link table} answers, false when it throws. */
  isUsable(name: TableName): boolean {
    const table = this.#tables.get(idOf(name));
    return table !== undefined && !(table instanceof SluiceError);
  }

  /**
   * The description of a table that {@link read} has read.
   *
   * @throws SluiceError `TARGET_FORBIDDEN` when rows must not be written to it
   */
  table(name: TableName): TargetTable {
    const table = this.#tables.get(idOf(name));
    if (table === undefined) throw new SluiceError('INVARIANT_BROKEN', `The table ${name.name} was not read.`);
    if (table instanceof SluiceError) throw table;
    return table;
  }

  /**
   * Reads the description of a table, or why its records can never apply.
   *
   * @throws SluiceError `TABLE_MISSING`, `TABLE_UNUSABLE`, or what became of the connection
   */
  async read(client: Client, name: TableName): Promise<void> {
    try {
      this.#tables.set(idOf(name), await readTargetTable(client, name, this.#settings));
    } catch (error) {
      const failure = toDatabaseError(error);
      if (failure.errorClass !== 'data') throw failure;
      this.#tables.set(idOf(name), failure);
    }
  }

  /** The binder of a table for one choice of columns. */
  binder(table: TargetTable, isWritten: ColumnPredicate): TableBinder {
    let binders = this.#binders.get(table);
    if (binders === undefined) {
      binders = new Map();
      this.#binders.set(table, binders);
    }
    let binder = binders.get(isWritten);
    if (binder === undefined) {
      binder = new TableBinder(table, isWritten, this.#settings);
      binders.set(isWritten, binder);
    }
    return binder;
  }

  /** Forgets every description, so that the next use reads the catalog. */
  forget(): void {
    this.#tables.clear();
    this.#binders.clear();
  }
}

function idOf({ schema, name }: TableName): string {
  return schema === null ? name : `${schema}\0${name}`;
}
