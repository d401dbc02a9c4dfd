import type { Client } from 'pg';
import { SluiceError } from '../errors/sluice-error.ts';
import type { ColumnPredicate } from '../filter/column-filter.ts';
import { readTargetTable, type TableName } from './read-target-table.ts';
import { TableBinder } from './table-binder.ts';
import type { TargetTable } from './target-table.ts';
import { toDatabaseError } from './to-database-error.ts';

/**
 * Remembers the descriptions of target tables. An entry lives until {@link forget}: after a statement failed in a way
 * that a changed table explains, and before a record is said not to fit its table.
 */
export class Catalog {
  readonly #keyFields: readonly string[];
  readonly #tables = new Map<string, TargetTable>();
  readonly #binders = new Map<TargetTable, Map<ColumnPredicate, TableBinder>>();

  constructor(keyFields: readonly string[]) {
    this.#keyFields = keyFields;
  }

  /** True when {@link table} knows the table. */
  knows(name: TableName): boolean {
    return this.#tables.has(idOf(name));
  }

  /** The description of a table that {@link read} has read. */
  table(name: TableName): TargetTable {
    const table = this.#tables.get(idOf(name));
    if (table === undefined) throw new SluiceError('INVARIANT_BROKEN', `The table ${name.name} was not read.`);
    return table;
  }

  /**
   * Reads the description of a table.
   *
   * @throws SluiceError `TABLE_MISSING`, `TABLE_UNUSABLE`, or what became of the connection
   */
  async read(client: Client, name: TableName): Promise<void> {
    try {
      this.#tables.set(idOf(name), await readTargetTable(client, name, this.#keyFields));
    } catch (error) {
      throw toDatabaseError(error);
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
      binder = new TableBinder(table, isWritten);
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
