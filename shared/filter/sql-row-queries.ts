import type { RowChange } from '../change/change-event.ts';
import type { Schema } from '../data/schema.ts';
import { type Fields, isFields, type Value } from '../data/value.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import { cacheDecisions } from './decision-cache.ts';
import type { ReadRecord } from './record-reader.ts';
import type { RowQueries, TableQuery } from './record-selector.ts';
import type { RowImage } from './row-move.ts';
import type { FilterSql } from './sql/compile-filter-sql.ts';
import type { SqlMetadata, SqlRow } from './sql/row-source.ts';
import type { TableSelect } from './sql/table-select.ts';
import { toIdentityKey } from './table-identity.ts';

/** What the queries depend on besides the SQL. */
export interface QuerySettings {
  /** Tells a value that stands for one that the source does not have. */
  readonly isUnavailable: (value: Value, schema: Schema | null | undefined) => boolean;
  /** Text that a column gets whose value nobody knows, so that whoever writes the row leaves it as it is. */
  readonly unavailableText: string;
}

/** The SELECTs of `filter.sql` as what stands before the rows of their tables. */
export function createRowQueries(sql: FilterSql, settings: QuerySettings): RowQueries {
  const queries = new Map(sql.selects.map((select) => [select, toTableQuery(select, settings)]));
  const cached = cacheDecisions<{ readonly query: TableQuery | undefined }>();
  return {
    queryOf: (identity) => {
      const find = () => {
        const select = sql.selectOf(identity);
        return { query: select && queries.get(select) };
      };
      return cached(toIdentityKey(identity), find).query;
    },
  };
}

function toTableQuery(select: TableSelect, { isUnavailable, unavailableText }: QuerySettings): TableQuery {
  const names = select.columns.map(({ name }) => name);
  const reads = [...new Set([...select.reads.predicate, ...select.reads.projection])];
  const isKnown = ({ image, schema }: RowImage, column: string) => {
    if (!Object.hasOwn(image, column)) return false;
    return !isUnavailable(image[column]!, schema?.fields?.find(({ name }) => name === column)?.schema);
  };
  /** Of `*`: a schema has all columns of the table; without one, only other images tell which there are. */
  const lacksOfAll = (after: RowImage, before: RowImage | null) => {
    if (after.schema === null && before === null) return true;
    const columns = Object.keys(after.schema === null ? before!.image : after.image);
    return columns.some((column) => !isKnown(after, column));
  };
  return {
    choosesRows: !select.takesAll,
    isKnown,
    lacks: (after, before) =>
      reads.some((column) => !isKnown(after, column)) || (select.star && lacksOfAll(after, before)),
    bind: (read, record) => {
      const metadata = toMetadata(read, record);
      const toRow = ({ image, schema }: RowImage): SqlRow => ({ image, schema, metadata });
      return {
        matches: (row) => select.test(toRow(row)) ?? false,
        project: (row) => {
          const selected = select.project(toRow(row));
          // What an insert leaves out is the table's default, what an update leaves out nobody knows.
          const lacking = metadata.op !== 'u' ? [] : names.filter((name) => !Object.hasOwn(selected.image, name));
          if (lacking.length === 0) return selected;
          const unknown = Object.fromEntries(lacking.map((name) => [name, unavailableText]));
          return { image: { ...selected.image, ...unknown }, schema: selected.schema };
        },
      };
    },
  };
}

function toMetadata({ topic, key, headers, event, value }: ReadRecord, record: KafkaRecord): SqlMetadata {
  const { partition, offset, timestamp } = record;
  return {
    op: (event as RowChange).op,
    topic,
    partition,
    offset,
    timestamp,
    key,
    headers,
    source: isFields(value) ? ((value as Fields).source ?? null) : null,
  };
}
