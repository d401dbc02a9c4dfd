import type { Client } from 'pg';
import type { Image } from '../change/change-event.ts';
import { isFields, type Value } from '../data/value.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { changeSchema } from './change-schema.ts';
import { checkSchema } from './check-schema.ts';
import type { Evaluated } from './prepared-range.ts';
import { toPresentTypes } from './present-types.ts';
import { readTargetTable, type TableName } from './read-target-table.ts';
import {
  buildAlteration,
  buildCreation,
  isColumnName,
  planAdditions,
  planColumns,
  planWidening,
  type SeenImages,
} from './schema-plan.ts';
import { toUnknownFields } from './schema-settings.ts';
import { toSeenImages, toSeenTypes } from './seen-images.ts';
import { rowMetadata } from './table-binder.ts';
import type { TargetSettings } from './target-settings.ts';
import type { TargetTable } from './target-table.ts';
import type { RemainingMs } from './time-limits.ts';

/** A record as a change of one table, losslessly decoded. */
export type SeenChange = Extract<Evaluated, { kind: 'change' }>;

/** Makes target tables follow the records: creates missing ones, adds columns, widens them. */
export class SchemaEvolution {
  readonly #settings: TargetSettings;
  readonly #remainingMs: RemainingMs;

  constructor(settings: TargetSettings, remainingMs: RemainingMs) {
    this.#settings = settings;
    this.#remainingMs = remainingMs;
  }

  /** True when {@link create} creates. */
  get creates(): boolean {
    return this.#settings.schema.creates;
  }

  /** True when {@link evolve} may change this table. */
  follows({ displayName, isView }: TargetTable): boolean {
    const { schema } = this.#settings;
    return !isView && (schema.widens || toUnknownFields(schema, displayName) === 'add');
  }

  /**
   * Creates a table for the changes, and its schema when it is named. Nothing happens when somebody else was quicker.
   *
   * @throws SluiceError `TABLE_MISSING` when no change tells what the primary key has to hold, `TARGET_FORBIDDEN`, or as
   *   {@link changeSchema}
   */
  async create(client: Client, { schema, name }: TableName, changes: readonly SeenChange[]): Promise<void> {
    const target = { schema: schema === null ? null : this.#fold(schema), name: this.#fold(name) };
    const keyColumns = this.#keyColumnsOf(changes);
    const seen = this.#toSeen(changes, keyColumns, (member) => this.#fold(member));
    const { images } = seen;
    if (keyColumns.length > 0 && !images.some((image) => keyColumns.every((column) => Object.hasOwn(image, column)))) {
      const message = `The target table ${name} is not created, because no record holds its key (${keyColumns.join(', ')}).`;
      throw new SluiceError('TABLE_MISSING', message, { stage: 'bind' });
    }
    await changeSchema(
      client,
      async () => {
        const columns = await toPresentTypes(client, planColumns(keyColumns, seen));
        const statements = buildCreation(target, columns, keyColumns);
        const found = await client.query<{ has_schema: boolean; schema: string | null }>(
          'select to_regnamespace(quote_ident($1)) is not null as has_schema, coalesce($1, current_schema()) as schema',
          [target.schema],
        );
        const { has_schema: hasSchema, schema: decided } = found.rows[0]!;
        if (decided !== null) checkSchema(decided, this.#settings);
        // Even where it exists, creating it takes the right to.
        return hasSchema ? statements.slice(-1) : statements;
      },
      this.#remainingMs(),
    );
  }

  /**
   * Adds the columns that the changes have and the table lacks, and widens those that are too narrow, as far as the
   * connector wants. Answers whether the table may have changed.
   *
   * @throws SluiceError as {@link changeSchema}
   */
  async evolve(client: Client, name: TableName, table: TargetTable, changes: readonly SeenChange[]): Promise<boolean> {
    const keyColumns = table.keyColumns.map((column) => column.name);
    const toSql = async (current: TargetTable): Promise<string[]> => {
      const seen = this.#toSeen(changes, keyColumns, (member) =>
        current.columns.has(member) ? member : this.#fold(member),
      );
      const { schema } = this.#settings;
      const adds = toUnknownFields(schema, current.displayName) === 'add';
      return buildAlteration(
        current,
        adds ? await toPresentTypes(client, planAdditions(current, seen)) : [],
        schema.widens ? planWidening(current, seen) : [],
      );
    };
    if ((await toSql(table)).length === 0) return false;
    const plan = async () => toSql(await readTargetTable(client, name, this.#settings));
    await changeSchema(client, plan, this.#remainingMs());
    return true;
  }

  /** Key columns of a new table: those of the connector, else the fields of the record keys. */
  #keyColumnsOf(changes: readonly SeenChange[]): readonly string[] {
    const { keyColumns, keyMode } = this.#settings;
    if (keyColumns.length > 0 || keyMode !== 'record_key') return keyColumns;
    const key = changes.flatMap(({ event }) => ('key' in event && isFields(event.key) ? [event.key] : []))[0];
    return key === undefined ? [] : Object.keys(key).map((member) => this.#fold(member));
  }

  #toSeen(
    changes: readonly SeenChange[],
    keyColumns: readonly string[],
    toColumn: (member: string) => string,
  ): SeenImages {
    const images: Image[] = [];
    const types = new Map<string, string>();
    for (const { event, columnsFor } of changes) {
      if (event.op === 't') continue;
      const isIncluded = columnsFor(keyColumns, event.source);
      const isWritten = (member: string) => isIncluded(member) && !rowMetadata.has(member);
      for (const image of toSeenImages(event, keyColumns)) {
        const members = Object.entries(image).filter(([member]) => isWritten(member));
        images.push(Object.fromEntries(members.map(([member, value]) => [toColumn(member), this.#toKnown(value)])));
      }
      for (const [member, type] of toSeenTypes(event, keyColumns)) {
        if (isWritten(member) && isColumnName(member)) types.set(toColumn(member), type);
      }
    }
    for (const [column, type] of this.#namedTypes()) types.set(column, type);
    return { images, types };
  }

  #namedTypes(): [string, string][] {
    const { columnTypes, softDelete } = this.#settings;
    const marks: [string, string][] = softDelete === undefined ? [] : [[softDelete.markerColumn, 'boolean']];
    if (softDelete?.timeColumn !== undefined) marks.push([softDelete.timeColumn, 'timestamp with time zone']);
    return [...columnTypes, ...marks];
  }

  /** A value that the source did not have says nothing of its column's type. */
  #toKnown(value: Value): Value {
    const { unavailableValue } = this.#settings;
    return unavailableValue.length > 0 && value === unavailableValue.toString() ? null : value;
  }

  #fold(name: string): string {
    return this.#settings.foldsColumnNames ? name.toLowerCase() : name;
  }
}
