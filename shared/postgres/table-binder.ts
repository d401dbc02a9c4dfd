import type { ChangeEvent, Image } from '../change/change-event.ts';
import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import type { ColumnPredicate } from '../filter/column-filter.ts';
import { bindValue, needsLossless } from './bind-value.ts';
import type { BoundChange } from './bound-change.ts';
import { type BoundRow, type ColumnSet, ColumnSets } from './bound-row.ts';
import { toKeyText } from './row-id.ts';
import { buildRowKey, type RowKey } from './row-key.ts';
import type { TargetColumn, TargetTable } from './target-table.ts';

/** Most lists of member names whose columns are remembered. */
const maxShapes = 1_000;

interface Shape {
  readonly names: readonly string[];
  /** By position in the list of names; undefined: not written. */
  readonly columns: readonly (TargetColumn | undefined)[];
  readonly set: ColumnSet;
}

/** Binds change events to one target table. Pure but for the cache of column sets. */
export class TableBinder {
  readonly table: TargetTable;
  readonly columnSets: ColumnSets;
  readonly #isWritten: ColumnPredicate;
  readonly #shapes = new Map<string, Shape>();

  constructor(table: TargetTable, isWritten: ColumnPredicate) {
    this.table = table;
    this.columnSets = new ColumnSets(table);
    this.#isWritten = isWritten;
  }

  /**
   * The event in terms of the table; {@link needsLossless} when a number has to be decoded without loss first.
   *
   * @throws SluiceError `COLUMN_UNKNOWN`, `KEY_MISSING`, `CHANGE_INVALID`, `VALUE_INVALID`, `VALUE_OUT_OF_RANGE`, and
   *   `TABLE_UNUSABLE` for a view whose rows nothing identifies
   */
  bind(event: ChangeEvent, lossless: boolean): BoundChange | typeof needsLossless {
    const before = event.before === null ? null : this.#bindImage(event.before, lossless);
    const after = event.after === null ? null : this.#bindImage(event.after, lossless);
    if (before === needsLossless || after === needsLossless) return needsLossless;
    return this.table.keyColumns.length === 0
      ? this.#toKeylessChange(event.op, before, after)
      : this.#toKeyedChange(event.op, before, after);
  }

  /**
   * Keys of the rows that an event is about, at most two, as far as its images tell; for an event that {@link bind}
   * refuses, which was decoded without loss.
   */
  keyTextsOf({ before, after }: ChangeEvent): string[] {
    const texts = [before, after].flatMap((image) => {
      const key = image === null ? undefined : this.#readKey(image);
      return key === undefined ? [] : [toKeyText(key)];
    });
    return [...new Set(texts)];
  }

  #readKey(image: Image): RowKey | undefined {
    const { keyColumns } = this.table;
    if (keyColumns.length === 0) return undefined;
    try {
      const values = keyColumns.flatMap((column) => {
        const value = Object.hasOwn(image, column.name) ? bindValue(image[column.name]!, column, true) : null;
        return value === null || value === needsLossless ? [] : [value];
      });
      return values.length === keyColumns.length ? buildRowKey(keyColumns, values) : undefined;
    } catch (error) {
      if (isSluiceError(error, 'data')) return undefined;
      throw error;
    }
  }

  #toKeyedChange(op: ChangeEvent['op'], before: BoundRow | null, after: BoundRow | null): BoundChange {
    const oldKey = before === null ? undefined : this.#keyOf(before);
    if (after === null) {
      if (oldKey === undefined) throw this.#keyMissing('before');
      return { kind: 'delete', key: oldKey };
    }
    if (op !== 'u') {
      const key = this.#keyOf(after);
      if (key === undefined) throw this.#keyMissing('after');
      return { kind: 'insert', key, row: after };
    }
    // An update may leave its key columns out of after; then they did not change.
    const lacksKey = this.table.keyColumns.some(({ name }) => !after.set.positions.has(name));
    const row =
      lacksKey && before !== null && oldKey !== undefined
        ? this.columnSets.complete(after, this.#keyColumnsOf(before))
        : after;
    const newKey = this.#keyOf(row);
    if (newKey === undefined) throw this.#keyMissing('after');
    return { kind: 'update', key: oldKey ?? newKey, newKey, row };
  }

  #toKeylessChange(op: ChangeEvent['op'], before: BoundRow | null, after: BoundRow | null): BoundChange {
    if (op === 'c' || op === 'r') return { kind: 'insert', row: after! };
    if (before === null || before.values.length === 0) {
      const message = `${this.table.displayName} has no key, so an event with op "${op}" needs the row's columns in before.`;
      throw new SluiceError('KEY_MISSING', message, { stage: 'bind' });
    }
    if (this.table.isView) {
      const message = `${this.table.displayName} is a view: name the columns that identify its rows in pk.fields.`;
      throw new SluiceError('TABLE_UNUSABLE', message, { stage: 'bind' });
    }
    if (after === null) return { kind: 'delete-match', match: before };
    if (after.values.length === 0) {
      const message = `"after" holds no column of ${this.table.displayName}.`;
      throw new SluiceError('CHANGE_INVALID', message, { stage: 'bind' });
    }
    return { kind: 'update-match', match: before, row: after };
  }

  #bindImage(image: Image, lossless: boolean): BoundRow | typeof needsLossless {
    const names = Object.keys(image);
    const shape = this.#shapeOf(names);
    const values: (string | null)[] = [];
    for (let i = 0; i < names.length; i++) {
      const column = shape.columns[i];
      if (column === undefined) continue;
      const value = bindValue(image[names[i]!]!, column, lossless);
      if (value === needsLossless) return needsLossless;
      values.push(value);
    }
    return { set: shape.set, values };
  }

  /** Which columns the members of an image are; looked up once for each list of names. */
  #shapeOf(names: readonly string[]): Shape {
    const id = names.join('\0');
    const known = this.#shapes.get(id);
    // A name may hold the separator itself.
    if (known?.names.length === names.length && known.names.every((name, i) => name === names[i])) return known;
    const columns = names.map((name) => this.#columnOf(name));
    const shape = { names, columns, set: this.columnSets.of(columns.filter((column) => column !== undefined)) };
    // Producers decide on the names, so the cache is bounded.
    if (this.#shapes.size >= maxShapes) this.#shapes.clear();
    this.#shapes.set(id, shape);
    return shape;
  }

  /** The column to write; undefined for one that the connector leaves out or that PostgreSQL generates. */
  #columnOf(name: string): TargetColumn | undefined {
    if (!this.#isWritten(name)) return undefined;
    const column = this.table.columns.get(name);
    if (column === undefined) {
      // Producers make names up; what is told of them must be storable.
      const shown = name.slice(0, 128).replaceAll('\0', '\uFFFD').toWellFormed();
      const message = `${this.table.displayName} has no column ${shown}.`;
      throw new SluiceError('COLUMN_UNKNOWN', message, { stage: 'bind', column: shown });
    }
    return column.generated ? undefined : column;
  }

  #keyColumnsOf(row: BoundRow): BoundRow {
    const columns = this.table.keyColumns;
    return {
      set: this.columnSets.of(columns),
      values: columns.map(({ name }) => row.values[row.set.positions.get(name)!]!),
    };
  }

  /** The key in a row; undefined when a key column is absent or null. */
  #keyOf(row: BoundRow): RowKey | undefined {
    const values: string[] = [];
    for (const { name } of this.table.keyColumns) {
      const position = row.set.positions.get(name);
      const value = position === undefined ? null : row.values[position];
      if (value === null || value === undefined) return undefined;
      values.push(value);
    }
    return buildRowKey(this.table.keyColumns, values);
  }

  #keyMissing(member: 'before' | 'after'): SluiceError {
    const names = this.table.keyColumns.map(({ name }) => name).join(', ');
    const message = `"${member}" lacks a value for a key column of ${this.table.displayName} (${names}).`;
    return new SluiceError('KEY_MISSING', message, { stage: 'bind' });
  }
}
