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

/** The statements of the steps, in order, built one by one as they are asked for. */
export function* buildStatements(
  table: TargetTable,
  steps: readonly WriteStep[],
  mode: WriteMode,
): Generator<Statement> {
  for (const step of steps) yield* buildStep(table, step, mode);
}

function* buildStep(table: TargetTable, step: WriteStep, mode: WriteMode): Generator<Statement> {
  switch (step.kind) {
    case 'rows':
      for (const keys of chunk(step.deletes)) yield expecting(buildDelete(table, keys), keys.length, mode);
      for (const rows of groupBySet(step.updates, ({ row }) => row.set.id)) yield buildUpdate(table, rows);
      for (const rows of groupBySet(step.inserts, ({ set }) => set.id)) yield buildInsert(table, rows);
      for (const rows of groupBySet(step.upserts, ({ set }) => set.id)) yield buildUpsert(table, rows);
      return;
    case 'move':
      yield* buildMove(table, step, mode === 'upsert');
      return;
    case 'append':
      for (const rows of groupBySet(step.rows, ({ set }) => set.id)) yield buildInsert(table, rows);
      return;
    case 'update-match':
      yield buildUpdateMatch(table, step.match, step.row, mode === 'upsert');
      return;
    case 'delete-match':
      yield expecting(buildDeleteMatch(table, step.match), 1, mode);
  }
}

/** In mode upsert what a delete would have found may have been folded away, so that nothing is expected of it. */
function expecting(statement: Statement, expectedRows: number, mode: WriteMode): Statement {
  return mode === 'upsert' ? statement : { ...statement, expectedRows };
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
