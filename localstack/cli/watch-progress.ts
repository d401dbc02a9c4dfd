import { toDurationText, toRateText } from './top-text.ts';

/** What is between a partition's position when the watch began and its end offset of then. */
export interface WatchedPartition {
  /** `topic:partition`. */
  readonly name: string;
  /** First offset of it that was not settled when the watch began. */
  readonly from: number;
  /** End offset of then. */
  readonly to: number;
}

/** How far a watched connector is. */
export interface WatchProgress {
  readonly done: number;
  readonly total: number;
  /** Records a second of the last samples; null while it is not known. */
  readonly rate: number | null;
  /** Null while it is not known, or while nothing moves. */
  readonly leftMs: number | null;
}

/** Samples that the rate is of. */
const maxSamples = 10;
const barWidth = 30;

/** Follows how far a connector is on its way to fixed end offsets. */
export class WatchTracker {
  readonly #partitions: readonly WatchedPartition[];
  readonly #samples: { readonly atMs: number; readonly done: number }[] = [];

  constructor(partitions: readonly WatchedPartition[]) {
    this.#partitions = partitions;
  }

  /** Takes the next offsets of a moment; `atMs` is of a clock that only goes on. */
  add(nextOffsets: ReadonlyMap<string, number>, atMs: number): WatchProgress {
    let total = 0;
    let done = 0;
    for (const { name, from, to } of this.#partitions) {
      const size = Math.max(0, to - from);
      total += size;
      done += Math.min(size, Math.max(0, (nextOffsets.get(name) ?? from) - from));
    }
    this.#samples.push({ atMs, done });
    if (this.#samples.length > maxSamples) this.#samples.shift();
    const first = this.#samples[0]!;
    const elapsedMs = atMs - first.atMs;
    const rate = elapsedMs > 0 ? Math.max(0, ((done - first.done) / elapsedMs) * 1_000) : null;
    const leftMs = rate === null || rate === 0 ? null : ((total - done) / rate) * 1_000;
    return { done, total, rate, leftMs };
  }
}

/** `42% 420 of 1000 records, 60/s, 10 s left`. */
export function describeWatch({ done, total, rate, leftMs }: WatchProgress): string {
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  const parts = [
    `${percent}% ${done} of ${total} records`,
    ...(rate === null ? [] : [`${toRateText(rate)}/s`]),
    ...(leftMs === null || done >= total ? [] : [`${toDurationText(leftMs)} left`]),
  ];
  return parts.join(', ');
}

/** The same behind a bar. */
export function drawWatch(progress: WatchProgress): string {
  const { done, total } = progress;
  const filled = total === 0 ? barWidth : Math.floor((done / total) * barWidth);
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${describeWatch(progress)}`;
}
