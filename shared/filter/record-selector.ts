import type { ChangeEvent, Image, RowChange } from '../change/change-event.ts';
import { isSluiceError } from '../errors/sluice-error.ts';
import { type KafkaRecord, toValueBytes } from '../kafka/record.ts';
import { EarlierImages, type TableChange } from './earlier-images.ts';
import type { FilterSettings, SkippableOperation } from './filter-settings.ts';
import type { ReadRecord, RecordReader } from './record-reader.ts';
import { moveRow, type RowImage, type RowQuery } from './row-move.ts';
import { createTableFilter, type TableFilter } from './table-filter.ts';
import { type TableIdentity, toIdentityKey } from './table-identity.ts';
import { decideOperation } from './undecoded-operation.ts';
import { decideUndecoded } from './undecoded-table-filter.ts';

/** A change that a connector transfers, before it is known how it is written. */
export interface SelectedRecord extends ReadRecord {
  /** False: the row is located by `before`, and the record key names the one that it has become. */
  readonly isNamedByKey: boolean;
  /** True: a WHERE of `filter.sql` keeps rows of its table from the target. */
  readonly isOfChosenRows: boolean;
  /** Earlier records of the batch that told what this one lacks; whoever selects again needs them too. */
  readonly uses: readonly KafkaRecord[];
}

/** The SELECTs of `filter.sql`. */
export interface RowQueries {
  /** The one for a table; undefined for a table that is transferred whole. */
  queryOf(identity: TableIdentity): TableQuery | undefined;
}

/** One SELECT of `filter.sql`. */
export interface TableQuery {
  /** False: every row matches. */
  readonly choosesRows: boolean;
  /** The query as it looks at the images of one record. */
  readonly bind: (read: ReadRecord, record: KafkaRecord) => Pick<RowQuery, 'matches' | 'project'>;
  /** True when the image has the column, and not as the unavailable value. */
  readonly isKnown: (row: RowImage, column: string) => boolean;
  readonly lacks: RowQuery['lacks'];
}

/** What selecting depends on besides the reader. */
export interface SelectorParts {
  readonly filter: FilterSettings;
  readonly queries?: RowQueries;
  /** False: deletes of the source are not transferred. */
  readonly deletes: boolean;
  /** False: a tombstone says nothing that the event before it did not. */
  readonly deletesByTombstone: boolean;
  /** False: transforms decide on topic and value, or the value's bytes are not JSON, so that they tell nothing. */
  readonly tellsUndecoded: boolean;
  /** Values are envelopes and nothing else, so that their op is one. */
  readonly hasEnvelopes: boolean;
}

/**
 * The steps of a connector up to the filter: converters → transforms → change event → table lists, operations,
 * `filter.sql`. The filter function and the sink decide by it alike.
 */
export class RecordSelector {
  readonly #reader: RecordReader;
  readonly #parts: SelectorParts;
  readonly #tables: TableFilter;
  #earlier: EarlierImages | undefined;

  constructor(reader: RecordReader, parts: SelectorParts) {
    this.#reader = reader;
    this.#parts = parts;
    this.#tables = createTableFilter(parts.filter);
  }

  /**
   * What is sure of a record before it is read: true when {@link select} selects it if it can be read at all, but for a
   * delete; false when it does not; undefined when it has to be read.
   */
  decideUndecoded(record: KafkaRecord): boolean | undefined {
    const { filter, tellsUndecoded, deletesByTombstone } = this.#parts;
    if (!tellsUndecoded) return undefined;
    if (record.value == null && !deletesByTombstone) return false;
    const tables = this.#tables;
    const included = !tables.isRestricting || decideUndecoded(tables, record.topic, toValueBytes(record));
    if (included === false || this.#isSkippedUndecoded(record)) return false;
    return included === true && filter.skippedOperations === undefined && filter.sql === undefined ? true : undefined;
  }

  #isSkippedUndecoded({ value }: KafkaRecord): boolean {
    const { filter, hasEnvelopes } = this.#parts;
    if (filter.skippedOperations === undefined || !hasEnvelopes || value == null) return false;
    const op = decideOperation(Buffer.from(value, 'base64'));
    return op !== undefined && filter.skippedOperations.has(op as SkippableOperation);
  }

  /**
   * Begins with the records of a partition, in offset order: loads the schemas that they need.
   *
   * @throws SluiceError of class transient or operator
   */
  prepare(records: readonly KafkaRecord[]): Promise<void> | undefined {
    if (this.#parts.queries !== undefined) {
      this.#earlier = new EarlierImages(records, (record) => this.#readQuietly(record));
    }
    return this.#reader.prepare(records);
  }

  /**
   * The change that a record makes; undefined when the connector does not transfer it. Call {@link prepare} first.
   *
   * @throws SluiceError of class data
   */
  select(record: KafkaRecord, lossless: boolean): SelectedRecord | undefined {
    return this.decideUndecoded(record) === false ? undefined : this.selectUndecided(record, lossless);
  }

  /** As {@link select}, for a record of which {@link decideUndecoded} did not say no. */
  selectUndecided(record: KafkaRecord, lossless: boolean): SelectedRecord | undefined {
    const read = this.#reader.read(record, lossless);
    if (read === undefined || (read.isTombstone && !this.#parts.deletesByTombstone)) return undefined;
    const identity = toIdentity(read);
    if (this.#tables.isRestricting && !this.#tables.isIncluded(identity)) return undefined;
    return this.#isSkipped(read.event) ? undefined : this.#move(read, record, identity);
  }

  #isSkipped({ op }: ChangeEvent): boolean {
    const { filter, deletes } = this.#parts;
    if (op === 'm' || (op === 'd' && !deletes)) return true;
    return filter.skippedOperations?.has(op) === true;
  }

  #move(read: ReadRecord, record: KafkaRecord, identity: TableIdentity): SelectedRecord | undefined {
    const { queries, filter } = this.#parts;
    const query = queries?.queryOf(identity);
    const { event } = read;
    const isOfChosenRows = query?.choosesRows === true;
    if (query === undefined || event.op === 't' || read.isTombstone) {
      return { ...read, isNamedByKey: true, isOfChosenRows, uses: [] };
    }
    const uses: KafkaRecord[] = [];
    const moved = moveRow(event as RowChange, this.#bind(query, read, record, uses), filter.sql?.leave ?? 'delete');
    if (moved === null) return undefined;
    const isNamedByKey = moved.op !== 'd' || event.op !== 'u' || event.before === null;
    return { ...read, event: moved, isNamedByKey, isOfChosenRows, uses };
  }

  #bind(query: TableQuery, read: ReadRecord, record: KafkaRecord, uses: KafkaRecord[]): RowQuery {
    return {
      ...query.bind(read, record),
      lacks: query.lacks,
      complete: (after, before) => {
        const table = toIdentityKey(toIdentity(read));
        const earlier = this.#earlier?.before(record, table, query.isKnown, (used) => uses.push(used));
        const told = { ...earlier, ...known(before, query), ...known(after, query) };
        return { image: { ...after.image, ...told }, schema: after.schema };
      },
    };
  }

  #readQuietly(record: KafkaRecord): TableChange | undefined {
    try {
      const read = this.#reader.read(record, true);
      return read && { table: toIdentityKey(toIdentity(read)), event: read.event };
    } catch (error) {
      if (isSluiceError(error, 'data')) return undefined;
      throw error;
    }
  }
}

function known(row: RowImage | null, { isKnown }: TableQuery): Image {
  return row === null ? {} : Object.fromEntries(Object.entries(row.image).filter(([column]) => isKnown(row, column)));
}

function toIdentity({ topic, event: { source } }: ReadRecord): TableIdentity {
  return { topic, ...(source && { source }) };
}
