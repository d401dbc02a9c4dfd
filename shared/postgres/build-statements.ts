import { quoteIdentifier } from './identifier.ts';
import type { LedgerIdentity } from './ledger.ts';
import {
  buildDelete,
  buildDeleteMatch,
  buildInsert,
  buildInsertIgnore,
  buildMark,
  buildMove,
  buildUpdate,
  buildUpdateMatch,
  buildUpsert,
  type Statement,
} from './statement.ts';
import type { WriteMode } from './target-settings.ts';
import type { TargetTable } from './target-table.ts';
import type { WriteStep } from './write-step.ts';

/** Rows of one statement: the next one is encoded while the server works on this one. */
const maxRowsPerStatement = 1_000;
const minRowsPerStatement = 250;

/** What statements depend on besides the table. */
export interface StatementSettings {
  readonly mode: WriteMode;
  readonly identity: Pick<LedgerIdentity, 'schema' | 'connector'>;
}

/** The statements of the steps, in order, built one by one as they are asked for. */
export function* buildStatements(
  table: TargetTable,
  steps: readonly WriteStep[],
  settings: StatementSettings,
): Generator<Statement> {
  for (const step of steps) yield* buildStep(table, step, settings);
}

/** The statements that delete the rows of a step. */
export function* buildDeletes(
  table: TargetTable,
  step: WriteStep | undefined,
  { mode }: Pick<StatementSettings, 'mode'>,
): Generator<Statement> {
  if (step?.kind !== 'rows') return;
  for (const keys of chunk(step.deletes)) yield expecting(buildDelete(table, keys), keys.length, mode);
}

function* buildStep(table: TargetTable, step: WriteStep, settings: StatementSettings): Generator<Statement> {
  const { mode, identity } = settings;
  switch (step.kind) {
    case 'rows':
      yield* buildDeletes(table, step, settings);
      for (const rows of groupBySet(step.marks, ({ row }) => row.set.id)) yield buildMark(table, rows);
      for (const rows of groupBySet(step.updates, ({ row }) => row.set.id)) yield buildUpdate(table, rows);
      for (const rows of groupBySet(step.inserts, ({ set }) => set.id)) {
        yield mode === 'insert_ignore' ? buildInsertIgnore(table, rows) : buildInsert(table, rows);
      }
      for (const rows of groupBySet(step.upserts, ({ set }) => set.id)) yield buildUpsert(table, rows);
      return;
    case 'truncate':
      yield { text: `truncate ${table.quoted}`, values: [] };
      yield buildTruncateCheck(identity, step);
      return;
    case 'move':
      yield* buildMove(table, step, mode === 'upsert' && step.onlyExisting !== true);
      return;
    case 'append':
      for (const rows of groupBySet(step.rows, ({ set }) => set.id)) yield buildInsert(table, rows);
      return;
    case 'update-match':
      yield buildUpdateMatch(table, step.match, step.row, mode === 'upsert' && step.onlyExisting !== true);
      return;
    case 'delete-match':
      yield expecting(buildDeleteMatch(table, step.match), 1, mode);
  }
}

/** In mode upsert what a delete would have found may have been folded away, so that nothing is expected of it. */
function expecting(statement: Statement, expectedRows: number, mode: WriteMode): Statement {
  return mode === 'upsert' ? statement : { ...statement, expectedRows };
}

/**
 * Fails with division_by_zero when another partition of the topic was ever read. It follows the truncate, whose lock let
 * everyone else commit.
 */
function buildTruncateCheck(
  { schema, connector }: StatementSettings['identity'],
  { topic, partition }: { readonly topic: string; readonly partition: number },
): Statement {
  return {
    text: `select 1 / (case when exists (select from ${quoteIdentifier(schema)}.offsets
      where connector = $1 and topic = $2 and partition <> $3::int4) then 0 else 1 end)`,
    values: [connector, topic, String(partition)],
  };
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

/** About four statements, so that there is a next one to encode, but none so small that its own cost counts. */
function chunk<Row>(rows: readonly Row[]): Row[][] {
  const size = Math.min(maxRowsPerStatement, Math.max(minRowsPerStatement, Math.ceil(rows.length / 4)));
  const chunks: Row[][] = [];
  for (let i = 0; i < rows.length; i += size) chunks.push(rows.slice(i, i + size));
  return chunks;
}
