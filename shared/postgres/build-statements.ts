import type { WriteStep } from './compact.ts';
import {
  buildDelete,
  buildDeleteMatch,
  buildInsert,
  buildMove,
  buildUpdate,
  buildUpdateMatch,
  buildUpsert,
  type Statement,
} from './statement.ts';
import type { WriteMode } from './target-settings.ts';
import type { TargetTable } from './target-table.ts';

/** Most rows of one statement: the next one is encoded while the server works on this one. */
const maxRowsPerStatement = 1_000;

/** The statements of the steps, in order. */
export function buildStatements(table: TargetTable, steps: readonly WriteStep[], mode: WriteMode): Statement[] {
  return steps.flatMap((step) => buildStep(table, step, mode));
}

function buildStep(table: TargetTable, step: WriteStep, mode: WriteMode): Statement[] {
  switch (step.kind) {
    case 'rows':
      return [
        ...chunk(step.deletes).map((keys) => buildDelete(table, keys)),
        ...groupBySet(step.updates, ({ row }) => row.set.id).map((rows) => buildUpdate(table, rows)),
        ...groupBySet(step.inserts, ({ set }) => set.id).map((rows) => buildInsert(table, rows)),
        ...groupBySet(step.upserts, ({ set }) => set.id).map((rows) => buildUpsert(table, rows)),
      ];
    case 'move':
      return buildMove(table, step, mode === 'upsert');
    case 'append':
      return groupBySet(step.rows, ({ set }) => set.id).map((rows) => buildInsert(table, rows));
    case 'update-match':
      return [buildUpdateMatch(table, step.match, step.row, mode === 'upsert')];
    case 'delete-match':
      return [buildDeleteMatch(table, step.match)];
  }
}

/** Rows of one column set share a statement, because a statement has one list of columns. */
function groupBySet<Row>(rows: readonly Row[], idOf: (row: Row) => string): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const id = idOf(row);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [row]);
    else group.push(row);
  }
  return [...groups.values()].flatMap(chunk);
}

function chunk<Row>(rows: readonly Row[]): Row[][] {
  const chunks: Row[][] = [];
  for (let i = 0; i < rows.length; i += maxRowsPerStatement) chunks.push(rows.slice(i, i + maxRowsPerStatement));
  return chunks;
}
