import type { MetricName } from '../contract/metric-name.ts';
import { metricTable } from '../contract/metric-name.ts';
import type { Metrics, MetricValues } from './metrics.ts';

/** Observations that one document of the embedded metric format may hold for a metric. */
const maxObservations = 100;

/** How often a function writes a line of metrics at most. */
export const metricWindowMs = 1_000;

/** How long after a line that was written at once the next one may be. */
const urgentPauseMs = 60_000;

/** What an alarm waits for: it must be written even if no batch comes afterwards. */
const urgentMetrics: readonly MetricName[] = ['failed', 'deadLettered', 'blockedPartitions', 'forwardFailed'];

/**
 * Gathers the metrics of many small batches into at most one document a `windowMs`, of the topic that has waited longest,
 * because a line for each of a thousand batches a second would cost more than the batches. A batch that comes after a
 * pause is written at once. Counts are summed, other values are kept one by one (of more than 100 in a window, the first).
 * What the last batches of a burst leave behind is written with the next batch, but for what an alarm waits for: a topic
 * that fails or loses records to dead letters is written without waiting, once a minute at most. The totals that nothing
 * may miss stand in the ledger.
 */
export function createMetricWindow(metrics: Metrics, options: { windowMs: number; now: () => number }): Metrics {
  const { windowMs, now } = options;
  const gathered = new Map<string, Map<MetricName, number | number[]>>();
  const urgentAt = new Map<string, number>();
  let writtenAt = Number.NEGATIVE_INFINITY;
  const write = (topic: string) => {
    const sums = gathered.get(topic)!;
    gathered.delete(topic);
    metrics.emit(topic, Object.fromEntries(sums));
  };
  return {
    emit(topic, values) {
      const at = now();
      const sums = gathered.get(topic) ?? new Map<MetricName, number | number[]>();
      gathered.set(topic, sums);
      add(sums, values);
      if (at - writtenAt >= windowMs) {
        writtenAt = at;
        const [longest] = gathered.keys();
        write(longest!);
      }
      const isUrgent = gathered.has(topic) && urgentMetrics.some((name) => isAboveZero(sums.get(name)));
      if (isUrgent && at - (urgentAt.get(topic) ?? Number.NEGATIVE_INFINITY) >= urgentPauseMs) {
        urgentAt.set(topic, at);
        write(topic);
      }
    },
  };
}

function isAboveZero(value: number | readonly number[] | undefined): boolean {
  return typeof value === 'number' ? value > 0 : (value ?? []).some((one) => one > 0);
}

function add(sums: Map<MetricName, number | number[]>, values: MetricValues): void {
  for (const [key, value] of Object.entries(values) as [MetricName, number | readonly number[] | undefined][]) {
    if (value === undefined) continue;
    const sum = sums.get(key);
    if (metricTable[key].isSummed) {
      sums.set(key, ((sum as number | undefined) ?? 0) + (value as number));
    } else {
      const observations = (sum as number[] | undefined) ?? [];
      const more = Array.isArray(value) ? (value as readonly number[]) : [value as number];
      sums.set(key, [...observations, ...more].slice(0, maxObservations));
    }
  }
}
