import type { Findings } from '../config/findings.ts';
import { FilterSqlErrors } from '../filter/sql/filter-sql-error.ts';
import type { TableSelect } from '../filter/sql/table-select.ts';
import { checkTransformOptions } from './check-transform-options.ts';
import type { ConnectorJson, ConnectorPlan } from './connector-plan.ts';
import { openFilterSql } from './open-record-selector.ts';
import { type PlannedConnector, type PlanOptions, planConnector } from './plan-connector.ts';

/**
 * As {@link planConnector}, and `filter.sql` is compiled, for which PostgreSQL's parser is loaded, and transforms are made.
 * Never throws for what a user wrote.
 */
export async function planWithFilterSql(json: ConnectorJson, options: PlanOptions = {}): Promise<PlannedConnector> {
  const planned = planConnector(json, options);
  const { plan, findings } = planned;
  if (plan !== undefined) {
    await checkFilterSql(plan, findings);
    await checkTransformOptions(plan, findings);
  }
  return findings.errors.length > 0 ? { findings } : planned;
}

/** Finds what is wrong with the `filter.sql` of a plan, and what its user should know; nothing without one. */
export async function checkFilterSql(plan: ConnectorPlan, findings: Findings): Promise<void> {
  try {
    const sql = await openFilterSql(plan);
    if (sql === undefined) return;
    for (const select of sql.selects) checkSelect(select, plan, findings);
    for (const topic of plan.topics) {
      if (sql.selectOf({ topic }) !== undefined) continue;
      findings.warn(
        'filter.sql',
        `No SELECT names the table of the topic ${topic}: its rows are transferred whole, unless their source block names another table.`,
      );
    }
  } catch (error) {
    const cause = (error as Error).cause;
    if (!(cause instanceof FilterSqlErrors)) throw error;
    for (const { message } of cause.findings) findings.error('filter.sql', `filter.sql: ${message}`);
  }
}

function checkSelect(select: TableSelect, { target, filter }: ConnectorPlan, findings: Findings): void {
  const { keyColumns, keyMode } = target;
  const readsImages = keyMode === 'none' || keyMode === 'record_value';
  const selected = new Set(select.columns.map(({ name }) => name));
  const missing = select.star || !readsImages ? [] : keyColumns.filter((column) => !selected.has(column));
  if (missing.length > 0) {
    const columns = missing.join(', ');
    findings.error(
      'filter.sql',
      `filter.sql: the SELECT from ${select.table} leaves out ${columns} of pk.fields, without which no row is found again.`,
    );
  }
  const tested = select.reads.predicate.filter((column) => !keyColumns.includes(column));
  if (tested.length === 0 || filter.sql?.leave === 'keep') return;
  findings.warn(
    'filter.sql',
    `The WHERE of ${select.table} tests ${tested.join(', ')}: its source should send whole before-images (REPLICA IDENTITY ` +
      'FULL). Where it does not, every update that does not match becomes a delete, mostly of a row that was never there.',
  );
}
