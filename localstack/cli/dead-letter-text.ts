import type { DeadLetterPage } from '../../shared/postgres/read-dead-letters.ts';
import type { RedriveReport } from '../../shared/postgres/redrive.ts';
import { toTextTable } from './text-table.ts';

/** One line a letter. */
export function describeLetters({ letters, hasMore }: DeadLetterPage): string {
  const columns = ['place', 'state', 'code', 'table', 'message'].map((name) => ({ name, align: 'left' as const }));
  const rows = letters.map(({ topic, partition, offset, state, code, tableName, message }) => [
    `${topic}:${partition}:${offset}`,
    state,
    code,
    tableName,
    message,
  ]);
  return `${toTextTable(columns, rows)}${hasMore ? '\nThere are more.' : ''}`;
}

const meanings = {
  redriven: 'redriven',
  filtered: 'settled, because the connector filters them',
  failed: 'failed again',
  waiting: 'wait for an earlier letter about their row',
  superseded: 'superseded by later events of their row',
  settled: 'settled before',
  withoutPayload: 'stored without payload',
} as const;

/** What became of the letters, each outcome that occurred in a line, then why letters failed. */
export function describeRedrive(report: RedriveReport): string {
  const outcomes = Object.entries(meanings) as [keyof typeof meanings, string][];
  const lines = outcomes.filter(([name]) => report[name] > 0).map(([name, text]) => `${report[name]} ${text}`);
  const reasons = report.failures.map(
    ({ topic, partition, offset, code, message }) => `  ${topic}:${partition}:${offset} ${code}: ${message}`,
  );
  const more = report.hasMore ? ['There are more.'] : [];
  return [...(lines.length === 0 ? ['no dead letter fits'] : lines), ...reasons, ...more].join('\n');
}
