import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import { openFilterSql } from '../../shared/connector/open-record-selector.ts';
import type { ConverterPorts } from '../../shared/converter/converter-ports.ts';
import { createConverter } from '../../shared/converter/create-converter.ts';
import { fieldSchema } from '../../shared/data/schema.ts';
import { isFields } from '../../shared/data/value.ts';
import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';
import { type ReadRecord, RecordReader } from '../../shared/filter/record-reader.ts';
import { namesTable } from '../../shared/filter/sql/match-table.ts';
import type { SqlRow } from '../../shared/filter/sql/row-source.ts';
import type { TableSelect } from '../../shared/filter/sql/table-select.ts';
import type { KafkaRecord } from '../../shared/kafka/record.ts';
import { type RowCell, toRowCell } from './row-cell.ts';

/** A row that a query gives: its columns in their order. */
export interface QueriedRow {
  readonly columns: readonly string[];
  readonly cells: readonly RowCell[];
}

/** What a query makes of a record: a row, nothing, or an error of class data. */
export type QueryVerdict = QueriedRow | SluiceError | undefined;

/** One SELECT over the records of a topic, as the filter runs it. */
export class TopicQuery {
  /** The table in FROM, as written. */
  readonly table: string;
  readonly #select: TableSelect;
  readonly #reader: RecordReader;

  private constructor(select: TableSelect, reader: RecordReader) {
    this.table = select.table;
    this.#select = select;
    this.#reader = reader;
  }

  /**
   * Compiles the plan's `filter.sql`, which has to be one SELECT, and makes the converters that it reads records by.
   *
   * @throws SluiceError `CONFIG_INVALID` with the filter's own sentences
   */
  static async open(plan: ConnectorPlan, ports: ConverterPorts): Promise<TopicQuery> {
    const [select, ...more] = (await openFilterSql(plan))?.selects ?? [];
    if (select === undefined || more.length > 0) {
      throw new SluiceError('CONFIG_INVALID', 'The query has to be one SELECT.');
    }
    const reads = (column: string) => select.metadata.has(column);
    const reader = new RecordReader({
      value: await createConverter(plan.valueConverter, 'value', ports),
      ...(reads('__key') && { key: await createConverter(plan.keyConverter, 'key', ports) }),
      ...(reads('__headers') && { header: await createConverter(plan.headerConverter, 'header', ports) }),
      change: { ...plan.change, needsBefore: false },
      readsExactly: true,
    });
    return new TopicQuery(select, reader);
  }

  /** Loads the schemas that the records need. @throws SluiceError of class transient or operator */
  async prepare(records: readonly KafkaRecord[]): Promise<void> {
    await this.#reader.prepare(records);
  }

  /**
   * The row of a record, if WHERE says true of it: of a create, read or update the `after` image. A delete has a row, its
   * `before` image, only for a SELECT that reads `__op`. A tombstone, a truncate and a message have none. Call
   * {@link prepare} first.
   */
  evaluate(record: KafkaRecord): QueryVerdict {
    try {
      const read = this.#reader.read(record, true);
      const row = read === undefined || read.isTombstone ? undefined : this.#toRow(read, record);
      if (row === undefined || this.#select.test(row) !== true) return undefined;
      return this.#toQueriedRow(row);
    } catch (error) {
      if (isSluiceError(error, 'data')) return error;
      throw error;
    }
  }

  #toRow({ topic, event, key, headers, value }: ReadRecord, record: KafkaRecord): SqlRow | undefined {
    const { op, before, after, source } = event;
    if (op === 't' || op === 'm') return undefined;
    if (op === 'd' && !this.#select.metadata.has('__op')) return undefined;
    // A topic that is called as FROM says is meant as it is, whatever tables its records name.
    if (topic !== this.table && !namesTable(this.table, { topic, ...(source && { source }) })) return undefined;
    const { partition, offset, timestamp } = record;
    const block = isFields(value) ? (value.source ?? null) : null;
    return {
      image: after ?? before,
      schema: (after === null ? event.beforeSchema : event.afterSchema) ?? null,
      metadata: { op, topic, partition, offset, timestamp, key, headers, source: block },
    };
  }

  #toQueriedRow(row: SqlRow): QueriedRow {
    const { star, columns } = this.#select;
    const { image, schema } = this.#select.project(row);
    const named = columns.map(({ name }) => name);
    const others = star ? Object.keys(image).filter((name) => !named.includes(name)) : [];
    const order = [...others, ...named];
    const cells = order.map((name) =>
      toRowCell(Object.hasOwn(image, name) ? image[name] : undefined, fieldSchema(schema, name)),
    );
    return { columns: order, cells };
  }
}
