import type { ConnectorSample } from './read-progress.ts';
import { escapeControl, toTextTable } from './text-table.ts';

/** What is shown of a connector: a sample and how fast it was since the one before. */
export interface TopRow extends ConnectorSample {
  /** Records a second; null for the first sample. */
  readonly rate: number | null;
}

/** All connectors at a moment. */
export interface TopSample {
  /** Milliseconds of a clock that only goes on. */
  readonly atMs: number;
  readonly connectors: readonly ConnectorSample[];
}

/** Rates by two samples; of a connector whose ledger was reset meanwhile none is known. */
export function toTopRows(now: TopSample, before: TopSample | undefined): readonly TopRow[] {
  const earlier = new Map(before?.connectors.map((each) => [each.name, each.records]));
  const seconds = (now.atMs - (before?.atMs ?? now.atMs)) / 1_000;
  return now.connectors.map((each) => {
    const records = each.records - (earlier.get(each.name) ?? Number.NaN);
    return { ...each, rate: seconds > 0 && records >= 0 ? records / seconds : null };
  });
}

/** A table, one line a connector. */
export function describeTop(rows: readonly TopRow[]): string {
  const columns = [
    ...['connector', 'state'].map((name) => ({ name, align: 'left' as const })),
    ...['records/s', 'lag', 'committed', 'dead letters'].map((name) => ({ name, align: 'right' as const })),
    { name: 'trouble', align: 'left' as const },
  ];
  const cells = rows.map((row) => [row.name, row.state, ...toFigures(row), row.trouble ?? '']);
  return toTextTable(columns, cells);
}

/** One line a connector that stands alone, for what is no terminal. */
export function describeTopLines(rows: readonly TopRow[], time: string): string {
  return rows
    .map((row) => {
      const [rate, lag, committed, letters] = toFigures(row);
      const known = { rate, lag, committed, letters };
      const figures = Object.entries(known).flatMap(([name, text]) => (text === '' ? [] : `${name}=${text}`));
      const trouble = row.trouble === undefined ? [] : [`trouble=${JSON.stringify(row.trouble)}`];
      return escapeControl(
        [time, row.name, row.state, ...figures.map((each) => each.replaceAll(' ', '_')), ...trouble].join(' '),
      );
    })
    .join('\n');
}

function toFigures({ rate, lag, commitAgeMs, openDeadLetters }: TopRow): readonly string[] {
  return [
    rate === null ? '' : toRateText(rate),
    lag === null ? '' : String(lag),
    commitAgeMs === null ? '' : `${toDurationText(commitAgeMs)} ago`,
    openDeadLetters >= 10_000 ? '10000+' : String(openDeadLetters),
  ];
}

/** Whole records from ten on, tenths below. */
export function toRateText(rate: number): string {
  return rate >= 10 || rate === 0 ? String(Math.round(rate)) : rate.toFixed(1);
}

/** The two largest units: `5 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`. */
export function toDurationText(milliseconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const;
  let rest = Math.round(milliseconds / 1_000);
  const parts = units.flatMap(([unit, seconds]) => {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    return [[count, unit] as const];
  });
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0 s';
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}
