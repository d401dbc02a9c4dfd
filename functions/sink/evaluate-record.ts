import type { ChangeSource } from '../../shared/change/change-event.ts';
import { parseChange } from '../../shared/change/parse-change.ts';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import { decodeJson, decodeJsonLossless } from '../../shared/converter/json-converter.ts';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import { type ColumnPredicate, createColumnFilter } from '../../shared/filter/column-filter.ts';
import { createTableFilter } from '../../shared/filter/table-filter.ts';
import { decideUndecoded } from '../../shared/filter/undecoded-table-filter.ts';
import { toValueBytes } from '../../shared/kafka/record.ts';
import type { Evaluate } from '../../shared/postgres/prepared-range.ts';
import { toTableName } from '../../shared/postgres/to-table-name.ts';

/**
 * The steps of a connector before the database: converter → change event → table and column lists → target table. A
 * tombstone is filtered: what it deletes was deleted by the event before it. So is a delete when deletes are off.
 */
export function createEvaluation(plan: ConnectorPlan): Evaluate {
  const tableFilter = createTableFilter(plan.filter);
  const columnsOf = createColumnChoice(plan);
  const topics = new Map(plan.topics.map((topic) => [topic, toTopicTarget(topic)]));
  function toTopicTarget(topic: string) {
    const columnsFor = (keyColumns: readonly string[], source: ChangeSource | undefined) =>
      columnsOf(topic, keyColumns, source);
    return { table: toTableName(plan.target, topic), columnsFor };
  }
  return (record, lossless) => {
    try {
      const bytes = toValueBytes(record);
      // As the filter function decides it, so that both topologies agree on a record that cannot be read.
      if (bytes === null || decideUndecoded(tableFilter, record.topic, bytes) === false) return { kind: 'filtered' };
      const event = parseChange(lossless ? decodeJsonLossless(bytes) : decodeJson(bytes));
      const source = event.source;
      if (tableFilter.isRestricting && !tableFilter.isIncluded({ topic: record.topic, ...(source && { source }) })) {
        return { kind: 'filtered' };
      }
      if (event.op === 'd' && !plan.target.deleteEnabled) return { kind: 'filtered' };
      return { kind: 'change', event, ...(topics.get(record.topic) ?? toTopicTarget(record.topic)) };
    } catch (error) {
      if (isSluiceError(error, 'data')) return { kind: 'rejected', error };
      throw error;
    }
  };
}

/** Which columns are written: those of `col.names` if there are any, and of them those that the column lists include. */
function createColumnChoice(
  plan: ConnectorPlan,
): (topic: string, keyColumns: readonly string[], source: ChangeSource | undefined) => ColumnPredicate {
  const columnFilter = createColumnFilter(plan.filter);
  const named = plan.target.columns && new Set(plan.target.columns);
  const restricted = new Map<ColumnPredicate, ColumnPredicate>();
  return (topic, keyColumns, source) => {
    const included = columnFilter.forTable({ topic, ...(source && { source }) }, keyColumns);
    if (named === undefined) return included;
    let both = restricted.get(included);
    if (both === undefined) {
      both = (column) => (named.has(column) || keyColumns.includes(column)) && included(column);
      restricted.set(included, both);
    }
    return both;
  };
}
