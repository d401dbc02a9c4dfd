import type { Image, RowChange } from '../change/change-event.ts';
import { fieldSchema, type Schema } from '../data/schema.ts';
import { isFields, type Value } from '../data/value.ts';
import { isSluiceError, SluiceError } from '../errors/sluice-error.ts';
import type { ColumnPredicate } from '../filter/column-filter.ts';
import type { Bind } from './bind-typed.ts';
import { bindLossless, bindValue, needsLossless } from './bind-value.ts';
import type { BoundChange } from './bound-change.ts';
import { type BoundRow, ColumnSets } from './bound-row.ts';
import { toKeyText } from './row-id.ts';
import { type ImageShape, ImageShapes } from './image-shapes.ts';
import { KeyedSchemas } from './keyed-schemas.ts';
import { buildRowKey, type RowKey } from './row-key.ts';
import { toUnknownFields } from './schema-settings.ts';
import type { TargetSettings } from './target-settings.ts';
import type { TargetColumn, TargetTable } from './target-table.ts';
import { typedValues } from './typed-values.ts';
import { createUnavailableCheck, type IsUnavailable } from './unavailable-value.ts';

/** What binding depends on besides table and columns. */
export type BinderSettings = Pick<
  TargetSettings,
  'foldsColumnNames' | 'unavailableValue' | 'insertsIncompleteRows' | 'writeMode' | 'schema'
>;

/** What Debezium's ExtractNewRecordState says of a row beside its columns; written where the table has such columns. */
export const rowMetadata = new Set(['__deleted', '__op']);

type Images = Pick<RowChange, 'before' | 'after'> & {
  readonly beforeSchema?: Schema | null | undefined;
  readonly afterSchema?: Schema | null | undefined;
};

/** A bound image; with `hasUnavailable` it held values that the source did not have. */
type ImageRow = BoundRow & { readonly hasUnavailable?: boolean };

/** Binds change events to one target table. Pure but for the cache of column sets. */
export class TableBinder {
  readonly table: TargetTable;
  readonly columnSets: ColumnSets;
  readonly #isWritten: ColumnPredicate;
  readonly #settings: BinderSettings;
  readonly #isUnavailable: IsUnavailable;
  readonly #shapes: ImageShapes;
  readonly #keyedSchemas: KeyedSchemas;

  constructor(table: TargetTable, isWritten: ColumnPredicate, settings: BinderSettings) {
    this.table = table;
    this.columnSets = new ColumnSets(table);
    this.#isWritten = isWritten;
    this.#settings = settings;
    this.#isUnavailable = createUnavailableCheck(settings.unavailableValue);
    this.#shapes = new ImageShapes(table, this.columnSets, (name) => this.#columnOf(name));
    this.#keyedSchemas = new KeyedSchemas(table, (name) => this.#columnName(name));
  }

  /**
   * The event in terms of the table; {@link needsLossless} when a number has to be decoded without loss first.
   *
   * @throws SluiceError `COLUMN_UNKNOWN`, `KEY_MISSING`, `CHANGE_INVALID`, `VALUE_INVALID`, `VALUE_OUT_OF_RANGE`, and
   *   `TABLE_UNUSABLE` for a table whose rows nothing identifies where something has to
   */
  bind(event: RowChange, lossless: boolean): BoundChange | typeof needsLossless {
    const images = event.key === undefined ? event : this.#withRecordKey(event, event.key);
    const before = images.before === null ? null : this.#bindImage(images.before, images.beforeSchema, lossless);
    const after = images.after === null ? null : this.#bindImage(images.after, images.afterSchema, lossless);
    if (before === needsLossless || after === needsLossless) return needsLossless;
    if (this.table.keyColumns.length === 0) return this.#toKeylessChange(event, before, after);
    const change = this.#toKeyedChange(event, before, after);
    if (event.op !== 'd' || event.mark === undefined || change.kind !== 'delete') return change;
    const mark = this.#bindImage(event.mark, null, lossless);
    return mark === needsLossless ? mark : { ...change, mark };
  }

  /**
   * Keys of the rows that an event is about, at most two, as far as its images tell; for an event that {@link bind}
   * refuses, which was decoded without loss.
   */
  keyTextsOf(event: RowChange): string[] {
    const images = this.#keyImagesOf(event);
    const keys = [
      this.#readKey(images?.before, images?.beforeSchema),
      this.#readKey(images?.after, images?.afterSchema),
    ];
    return [...new Set(keys.flatMap((key) => (key === undefined ? [] : [toKeyText(key)])))];
  }

  #keyImagesOf(event: RowChange): Images | undefined {
    try {
      return event.key === undefined ? event : this.#withRecordKey(event, event.key);
    } catch (error) {
      if (isSluiceError(error)) return undefined;
      throw error;
    }
  }

  #readKey(image: Image | null | undefined, schema: Schema | null | undefined): RowKey | undefined {
    const { keyColumns } = this.table;
    if (keyColumns.length === 0 || !image) return undefined;
    try {
      const members = new Map(Object.keys(image).map((name) => [this.#columnName(name), name]));
      const values = keyColumns.flatMap((column) => {
        const member = members.get(column.name);
        if (member === undefined) return [];
        const value = toBind(schema, member, column)(image[member]!);
        return value === null ? [] : [value];
      });
      return values.length === keyColumns.length ? buildRowKey(keyColumns, values) : undefined;
    } catch (error) {
      if (isSluiceError(error, 'data')) return undefined;
      throw error;
    }
  }

  /** The images with the key columns of the record key in that which tells the row's key. */
  #withRecordKey({ before, after, beforeSchema, afterSchema, keySchema }: RowChange, key: Value): Images {
    const columns = this.#toKeyImage(key);
    const schemas = {
      beforeSchema: after === null ? this.#keyedSchemas.of(beforeSchema, keySchema) : beforeSchema,
      afterSchema: after === null ? null : this.#keyedSchemas.of(afterSchema, keySchema),
    } as const;
    return after === null
      ? { before: { ...before, ...columns } as Image, after, ...schemas }
      : { before, after: { ...after, ...columns }, ...schemas };
  }

  #toKeyImage(key: Value): Image {
    const { keyColumns, displayName } = this.table;
    if (keyColumns.length === 0) {
      const message = `${displayName} has no primary key: name the columns of the record key in pk.fields.`;
      throw new SluiceError('TABLE_UNUSABLE', message, { stage: 'bind' });
    }
    const names = keyColumns.map(({ name }) => name).join(', ');
    const missing = () =>
      new SluiceError('KEY_MISSING', `The record key lacks a value for a key column of ${displayName} (${names}).`, {
        stage: 'bind',
      });
    if (!isFields(key)) {
      if (keyColumns.length > 1 || key === null || Array.isArray(key)) throw missing();
      return { [keyColumns[0]!.name]: key };
    }
    const fields = new Map(Object.keys(key).map((name) => [this.#columnName(name), key[name]!]));
    return Object.fromEntries(
      keyColumns.map(({ name }) => {
        const value = fields.get(name);
        if (value === undefined || value === null) throw missing();
        return [name, value];
      }),
    );
  }

  #toKeyedChange(event: RowChange, before: BoundRow | null, after: ImageRow | null): BoundChange {
    const oldKey = before === null ? undefined : this.#keyOf(before);
    if (after === null) {
      if (oldKey === undefined) throw this.#keyMissing('before');
      return { kind: 'delete', key: oldKey };
    }
    if (event.op !== 'u') {
      const key = this.#keyOf(after);
      if (key === undefined) throw this.#keyMissing('after');
      const row = after.hasUnavailable === true ? this.#whole(after, null, true) : after;
      return { kind: 'insert', key, row, ...(event.op === 'r' && { isSnapshot: true }) };
    }
    // An update may leave its key columns out of after; then they did not change.
    const lacksKey = this.table.keyColumns.some(({ name }) => !after.set.positions.has(name));
    const row =
      lacksKey && before !== null && oldKey !== undefined
        ? this.columnSets.complete(after, this.#keyColumnsOf(before))
        : after;
    const newKey = this.#keyOf(row);
    if (newKey === undefined) throw this.#keyMissing('after');
    const key = oldKey ?? newKey;
    if (event.onlyExisting === true) return { kind: 'update', key, newKey, row, onlyExisting: true };
    return { kind: 'update', key, newKey, row: this.#whole(row, before, after.hasUnavailable) };
  }

  /**
   * What a new row shall be in mode upsert: the image, and what it lacks as `before` has it. One that nothing tells whole,
   * because the source did not have a value, must not become a new row, unless the connector wants it.
   */
  #whole(row: BoundRow, before: BoundRow | null, hasUnavailable: boolean | undefined): BoundRow {
    if (row.set.isFull || this.#settings.writeMode !== 'upsert') return row;
    const whole = before === null ? row : this.columnSets.complete(row, before, true);
    if (hasUnavailable !== true || this.#settings.insertsIncompleteRows) return whole;
    const isTold = (column: TargetColumn) =>
      column.generated || whole.set.positions.has(column.name) || !this.#isWritten(column.name);
    return [...this.table.columns.values()].every(isTold) ? whole : this.columnSets.ofExisting(row);
  }

  #toKeylessChange({ op, ...event }: RowChange, before: BoundRow | null, after: BoundRow | null): BoundChange {
    if ('mark' in event || this.#settings.writeMode === 'update') {
      const message = `${this.table.displayName} has no key, which delete.mode=soft and insert.mode=update need: name its key columns in pk.fields.`;
      throw new SluiceError('TABLE_UNUSABLE', message, { stage: 'bind' });
    }
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
    const onlyExisting = 'onlyExisting' in event && event.onlyExisting === true;
    return { kind: 'update-match', match: before, row: after, ...(onlyExisting && { onlyExisting }) };
  }

  #bindImage(image: Image, schema: Schema | null | undefined, lossless: boolean): ImageRow | typeof needsLossless {
    const names = Object.keys(image);
    const shape = this.#shapes.of(names, schema);
    const { binds } = shape;
    const values: (string | null)[] = [];
    for (let i = 0; i < names.length; i++) {
      const column = shape.columns[i];
      if (column === undefined) continue;
      const value = image[names[i]!]!;
      const mayLack = typeof value === 'string' || typeof value === 'object';
      if (mayLack && this.#isUnavailable(value, column)) return this.#bindAvailable(image, schema, shape, lossless);
      const bind = binds?.[i];
      const bound = bind === undefined ? bindValue(value, column, lossless) : bind(value);
      if (bound === needsLossless) return needsLossless;
      values.push(bound);
    }
    return { set: shape.set, values };
  }

  #bindAvailable(
    image: Image,
    schema: Schema | null | undefined,
    { names, columns }: ImageShape,
    lossless: boolean,
  ): ImageRow | typeof needsLossless {
    const available = names.filter((name, i) => {
      const column = columns[i];
      return column !== undefined && !this.#isUnavailable(image[name]!, column);
    });
    const values = Object.fromEntries(available.map((name) => [name, image[name]!]));
    const row = this.#bindImage(values, schema, lossless);
    return row === needsLossless ? row : { ...row, hasUnavailable: true };
  }

  /** The column to write; undefined for one that the connector leaves out or that PostgreSQL generates. */
  #columnOf(name: string): TargetColumn | undefined {
    if (!this.#isWritten(name)) return undefined;
    const column = this.table.columns.get(this.#columnName(name));
    if (column === undefined) {
      const { schema } = this.#settings;
      if (rowMetadata.has(name) || toUnknownFields(schema, this.table.displayName) === 'ignore') return undefined;
      // Producers make names up; what is told of them must be storable.
      const shown = name.slice(0, 128).replaceAll('\0', '\uFFFD').toWellFormed();
      const message = `${this.table.displayName} has no column ${shown}.`;
      throw new SluiceError('COLUMN_UNKNOWN', message, { stage: 'bind', column: shown });
    }
    return column.generated ? undefined : column;
  }

  /** The name of the column that a member of an image is written to. */
  #columnName(name: string): string {
    if (!this.#settings.foldsColumnNames || this.table.columns.has(name)) return name;
    return name.toLowerCase();
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

/** How a member of a losslessly decoded image is bound. */
function toBind(schema: Schema | null | undefined, member: string, column: TargetColumn): Bind {
  const field = fieldSchema(schema, member);
  return field === undefined ? (value) => bindLossless(value, column) : typedValues().compileBinding(field, column);
}
