import type { LogicalKind, LogicalType } from '../data/logical-type.ts';
import type { Value } from '../data/value.ts';
import { invalid, outOfRange } from './bind-error.ts';
import { bindLossless, refuseRelativeTime } from './bind-value.ts';
import type { TargetColumn } from './target-table.ts';

const times: readonly LogicalKind[] = ['time', 'timetz'];
const points: readonly LogicalKind[] = ['date', 'timestamp', 'timestamptz'];

/** What of logical values each type takes, as PostgreSQL's own assignments do. */
const taken: Readonly<Record<string, readonly LogicalKind[]>> = {
  date: points,
  timestamp: points,
  timestamptz: points,
  time: [...times, 'timestamp', 'timestamptz'],
  timetz: [...times, 'timestamptz'],
  interval: ['interval', 'time'],
};
/** Texts that only PostgreSQL can tell. */
const texts: readonly LogicalKind[] = ['enum', 'json'];

/**
 * How values are bound to a column of dates, times or intervals. An instant without zone is UTC, as the session is; what
 * is finer than a microsecond is cut. Integers and texts of no known meaning follow the rules of values without schema.
 */
export function compileTemporal(
  logical: LogicalType | undefined,
  column: TargetColumn,
): (value: Value) => string | null {
  if (logical === undefined || texts.includes(logical.kind)) return (value) => bindUnnamed(value, column);
  if (!taken[column.baseType]!.includes(logical.kind)) {
    return () => {
      throw invalid(column, `a value of type ${logical.kind} does not fit its type`);
    };
  }
  const isClock = column.baseType === 'time' || column.baseType === 'timetz';
  return (value) => {
    const text = logical.toText(value);
    if (text === undefined) throw invalid(column, 'the value is none of its schema');
    if (typeof value === 'string') refuseRelativeTime(value, column);
    return isClock ? toClock(text, column) : text;
  };
}

function bindUnnamed(value: Value, column: TargetColumn): string | null {
  if (typeof value === 'boolean') throw invalid(column, 'a boolean does not fit its type');
  return bindLossless(value, column);
}

const clockText = /(?:T|^)(\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d){0,2})?)(?: BC)?$/i;

/** The time of day in a time or timestamp; MySQL's times may be none. */
function toClock(text: string, column: TargetColumn): string {
  if (/^-|^\d{3,}:|infinity$/i.test(text)) throw outOfRange(column, 'time of day');
  return clockText.exec(text)?.[1] ?? text;
}
