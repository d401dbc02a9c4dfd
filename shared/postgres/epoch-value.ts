import {
  type Count,
  type PerSecond,
  toDateText,
  toDurationText,
  toTimestampText,
  toTimeText,
} from '../data/epoch-text.ts';
import { outOfRange } from './bind-error.ts';
import type { TargetColumn } from './target-table.ts';

const timeTypes: ReadonlySet<string> = new Set(['date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval']);

/** True for a column of dates, times or intervals. */
export function isTimeColumn({ baseType }: TargetColumn): boolean {
  return timeTypes.has(baseType);
}

/** Numbers that are dates as people write them, from 1000-01-01 to 9999-12-31. */
const writtenDate = { lowest: 10_000_101, highest: 99_991_231 };

/**
 * The text of an integer without schema in a column of dates, times or intervals:
 *
 * - date: days since the epoch, as Debezium, Connect and Avro count them; `20240229` as PostgreSQL reads it
 * - timestamps: since the epoch in the unit that gives a year from 1973 to 5138: seconds below 10^11, milliseconds below
 *   10^14, microseconds below 10^17, else nanoseconds
 * - times of day: milliseconds since midnight in columns of up to three digits (`time(3)`), else microseconds, as Debezium
 *   sends them from such columns; a finer unit when there are more than a day has
 * - interval: microseconds, as Debezium sends them
 *
 * Source: RisingWave, `timestamptz.handling.mode=guess_number_unit`; Debezium, `time.precision.mode=adaptive`.
 */
export function toEpochValue(integer: Count, column: TargetColumn): string {
  const isSafe = integer >= Number.MIN_SAFE_INTEGER && integer <= Number.MAX_SAFE_INTEGER;
  const value = isSafe ? Number(integer) : integer;
  switch (column.baseType) {
    case 'date':
      if (value >= writtenDate.lowest && value <= writtenDate.highest) return String(value);
      if (typeof value === 'bigint') throw outOfRange(column, 'number of days');
      return toDateText(value);
    case 'interval':
      return toDurationText(value, 1_000_000);
    case 'time':
    case 'timetz':
      return toTimeOfDay(value, column);
    default:
      return toTimestampText(toScaled(value), toUnit(value), column.baseType === 'timestamptz' ? 'Z' : '');
  }
}

function toUnit(value: Count): PerSecond {
  const size = value < 0 ? -value : value;
  if (size < 100_000_000_000_000n) return 1_000;
  return size < 100_000_000_000_000_000n ? 1_000_000 : 1_000_000_000;
}

/** Seconds as milliseconds. */
function toScaled(value: Count): Count {
  return typeof value === 'number' && Math.abs(value) < 100_000_000_000 ? value * 1_000 : value;
}

function toTimeOfDay(value: Count, column: TargetColumn): string {
  const digits = column.typeModifier;
  const units: readonly PerSecond[] = [1_000, 1_000_000, 1_000_000_000];
  const unit = units.slice(digits >= 0 && digits <= 3 ? 0 : 1).find((perSecond) => value <= perSecond * 86_400);
  if (value < 0 || unit === undefined) throw outOfRange(column, 'time of day');
  return toTimeText(value, unit);
}
