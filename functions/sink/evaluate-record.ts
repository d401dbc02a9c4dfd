import type { ChangeEvent, ChangeSource } from '../../shared/change/change-event.ts';
import { parseChange } from '../../shared/change/parse-change.ts';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import type { ConverterPorts } from '../../shared/converter/converter-ports.ts';
import { createConverter } from '../../shared/converter/create-converter.ts';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import { type ColumnPredicate, createColumnFilter } from '../../shared/filter/column-filter.ts';
import { createTableFilter } from '../../shared/filter/table-filter.ts';
import { decideUndecoded } from '../../shared/filter/undecoded-table-filter.ts';
import { type KafkaRecord, toValueBytes } from '../../shared/kafka/record.ts';
import type { Evaluate, Evaluated, Evaluation } from '../../shared/postgres/prepared-range.ts';
import { createTableNaming, namesBySource } from '../../shared/postgres/to-table-name.ts';
import { createRecordKeyReader } from './record-key.ts';
import { createSoftDeletion } from './soft-deletion.ts';
import { createTruncateDecision } from './truncate-decision.ts';

/**
 * The steps of a connector before the database: converter → change event → table and column lists → record key → target
 * table. A tombstone is a delete where the record key says which row is meant (`pk.mode=record_key`); elsewhere it is
 * filtered, because what it deletes was deleted by the event before it. So is a delete when deletes are off, a truncate
 * when truncates are off, and a message that concerns no row.
 */
export async function createEvaluation(plan: ConnectorPlan, ports: ConverterPorts): Promise<Evaluation> {
  const { target } = plan;
  const tableFilter = createTableFilter(plan.filter);
  const columnsOf = createColumnChoice(plan);
  const toTable = createTableNaming(target);
  const values = await createConverter(plan.valueConverter, 'value', ports);
  const readKey = await createRecordKeyReader(plan, ports);
  const applies = createTruncateDecision(plan);
  const softly = createSoftDeletion(target.softDelete);
  const deletesByTombstone = target.deleteEnabled && target.keyMode === 'record_key';
  const columnChoices = new Map(plan.topics.map((topic) => [topic, toColumnsFor(topic)]));
  function toColumnsFor(topic: string) {
    return (keyColumns: readonly string[], source: ChangeSource | undefined) => columnsOf(topic, keyColumns, source);
  }
  const toChange = (record: KafkaRecord, event: ChangeEvent, lossless: boolean): Evaluated => {
    const { topic } = record;
    if (event.op === 'm' || (event.op === 'd' && !target.deleteEnabled)) return { kind: 'filtered' };
    if (event.op === 't' && !applies(topic)) return { kind: 'filtered' };
    const table = toTable(topic, event.source);
    const columnsFor = columnChoices.get(topic) ?? toColumnsFor(topic);
    if (event.op === 't') return { kind: 'change', event, table, columnsFor };
    const located = readKey === undefined ? event : readKey(record, event, lossless);
    return { kind: 'change', event: softly === undefined ? located : softly(record, located), table, columnsFor };
  };
  const evaluate: Evaluate = (record, lossless) => {
    try {
      const bytes = toValueBytes(record);
      const { topic } = record;
      // As the filter function decides it, so that both topologies agree on a record that cannot be read.
      if (decideUndecoded(tableFilter, topic, bytes) === false) return { kind: 'filtered' };
      if (bytes === null) {
        if (!deletesByTombstone || namesBySource(target, topic)) return { kind: 'filtered' };
        return toChange(record, { op: 'd', before: {}, after: null }, lossless);
      }
      const { value, schema } = values.decode(bytes, record, lossless);
      const event = parseChange(value, plan.change, schema);
      const source = event.source;
      if (tableFilter.isRestricting && !tableFilter.isIncluded({ topic, ...(source && { source }) })) {
        return { kind: 'filtered' };
      }
      return toChange(record, event, lossless);
    } catch (error) {
      if (isSluiceError(error, 'data')) return { kind: 'rejected', error };
      throw error;
    }
  };
  return { evaluate };
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
