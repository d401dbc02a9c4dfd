import type { ChangeSource } from '../../shared/change/change-event.ts';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import { openRecordSelector } from '../../shared/connector/open-record-selector.ts';
import type { ConverterPorts } from '../../shared/converter/converter-ports.ts';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import { type ColumnPredicate, createColumnFilter } from '../../shared/filter/column-filter.ts';
import type { SelectedRecord } from '../../shared/filter/record-selector.ts';
import type { KafkaRecord } from '../../shared/kafka/record.ts';
import type { Evaluate, Evaluated, Evaluation } from '../../shared/postgres/prepared-range.ts';
import { createTableNaming, namesBySource } from '../../shared/postgres/to-table-name.ts';
import { createRecordKeyReader } from './record-key.ts';
import { createSoftDeletion } from './soft-deletion.ts';
import { createTruncateDecision } from './truncate-decision.ts';

/**
 * The steps of a connector before the database: converters → transforms → change event → filter → target table → record
 * key. A tombstone is a delete where the record key says which row is meant (`pk.mode=record_key`); elsewhere it is
 * filtered, because what it deletes was deleted by the event before it. So is a delete when deletes are off, a truncate
 * when truncates are off, and a message that concerns no row.
 */
export async function createEvaluation(plan: ConnectorPlan, ports: ConverterPorts): Promise<Evaluation> {
  const { target } = plan;
  const selector = await openRecordSelector(plan, ports);
  const columnsOf = createColumnChoice(plan);
  const toTable = createTableNaming(target);
  const withKey = createRecordKeyReader(target);
  const applies = createTruncateDecision(plan);
  const softly = createSoftDeletion(target.softDelete);
  const columnChoices = new Map(plan.topics.map((topic) => [topic, toColumnsFor(topic)]));
  function toColumnsFor(topic: string) {
    return (keyColumns: readonly string[], source: ChangeSource | undefined) => columnsOf(topic, keyColumns, source);
  }
  const toEvaluated = (record: KafkaRecord, selected: SelectedRecord): Evaluated => {
    const { topic, event, isTombstone, isExact } = selected;
    if (isTombstone && namesBySource(target, topic)) return { kind: 'filtered' };
    if (event.op === 'm' || (event.op === 't' && !applies(topic, selected.isOfChosenRows))) return { kind: 'filtered' };
    const table = toTable(topic, event.source);
    const columnsFor = columnChoices.get(topic) ?? toColumnsFor(topic);
    if (event.op === 't') return { kind: 'change', event, table, columnsFor, isExact };
    const located = withKey === undefined ? event : withKey(record, event, selected);
    const marked = softly === undefined ? located : softly(record, located);
    return { kind: 'change', event: marked, table, columnsFor, isExact };
  };
  const evaluate: Evaluate = (record, lossless) => {
    try {
      const selected = selector.select(record, lossless);
      return selected === undefined ? { kind: 'filtered' } : toEvaluated(record, selected);
    } catch (error) {
      if (isSluiceError(error, 'data')) return { kind: 'rejected', error };
      throw error;
    }
  };
  return { evaluate, prepare: (records) => selector.prepare(records) };
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
