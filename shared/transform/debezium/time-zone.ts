/** Most offsets that are remembered; zones change theirs at quarters of an hour only. */
const maxOffsets = 10_000;
const quarterMs = 900_000;
const dayMs = 86_400_000;

/** A time zone. */
export interface TimeZone {
  /** Seconds that local time is ahead of UTC at an instant, in milliseconds since the epoch. */
  offsetAt(instantMs: number): number;
  /**
   * Seconds that a local time is ahead of UTC; the local time in milliseconds, as if it were UTC's. Where the clock is set
   * back or forward, the offset before that counts, as in Java.
   */
  offsetOfLocal(localMs: number): number;
}

/** A zone by its name (`Europe/Berlin`) or its offset (`+08:00`); undefined for one that there is not. */
export function findTimeZone(name: string): TimeZone | undefined {
  const fixed = /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(name);
  if (fixed !== null) {
    const [, sign, hours, minutes, seconds = '0'] = fixed;
    const size = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
    if (size > 18 * 3_600 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    const offset = sign === '-' ? -size : size;
    return { offsetAt: () => offset, offsetOfLocal: () => offset };
  }
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  const offsetAt = remember((instantMs) => readOffset(format, instantMs));
  return { offsetAt, offsetOfLocal: remember((localMs) => localOffset(offsetAt, localMs)) };
}

function localOffset(offsetAt: (instantMs: number) => number, localMs: number): number {
  const before = offsetAt(localMs - dayMs);
  const after = offsetAt(localMs + dayMs);
  if (before === after) return before;
  if (offsetAt(localMs - before * 1_000) === before) return before;
  return offsetAt(localMs - after * 1_000) === after ? after : before;
}

function readOffset(format: Intl.DateTimeFormat, instantMs: number): number {
  // Beyond what dates of JavaScript hold, the last offset goes on.
  const limited = Math.max(-8.64e15, Math.min(8.64e15, instantMs));
  const name = format.formatToParts(limited).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const match = /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(name);
  if (match === null) return 0;
  const size = Number(match[2]) * 3_600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === '-' ? -size : size;
}

function remember(read: (timeMs: number) => number): (timeMs: number) => number {
  const known = new Map<number, number>();
  return (timeMs) => {
    const quarter = Math.floor(timeMs / quarterMs);
    let offset = known.get(quarter);
    if (offset === undefined) {
      offset = read(quarter * quarterMs);
      if (known.size >= maxOffsets) known.clear();
      known.set(quarter, offset);
    }
    return offset;
  };
}
