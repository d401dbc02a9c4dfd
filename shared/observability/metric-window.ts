import type { MetricName } from '../contract/metric-name.ts';
import { metricTable } from '../contract/metric-name.ts';
import type { Metrics, MetricValues } from './metrics.ts';

/** Observations that one document of the embedded metric format may hold for a metric. */
const maxObservations = 100;

/** How often a function writes the metrics of a topic at most. */
export const metricWindowMs = 1_000;

/**
 * Gathers the metrics of many small batches into at most one document a topic and `windowMs`, because a line for each of
 * a thousand batches a second would cost more than the batches. A batch that comes after a pause is written at once, so
 * that a lone failure or dead letter is seen. Counts are summed, durations are kept one by one (of more than 100 in a
 * window, the first). What the last batches of a burst leave behind is written with the next batch; the totals that
 * nothing may miss stand in the ledger.
 */
export function createMetricWindow(metrics: Metrics, options: { windowMs: number; now: () => number }): Metrics {
  const { windowMs, now } = options;
  const gathered = new Map<string, Map<MetricName, number | number[]>>();
  const writtenAt = new Map<string, number>();
  return {
    emit(topic, values) {
      const sums = gathered.get(topic) ?? new Map<MetricName, number | number[]>();
      add(sums, values);
      const at = now();
      if (at - (writtenAt.get(topic) ?? Number.NEGATIVE_INFINITY) < windowMs) {
        gathered.set(topic, sums);
        return;
      }
      gathered.delete(topic);
      writtenAt.set(topic, at);
      metrics.emit(topic, Object.fromEntries(sums));
    },
  };
}

function add(sums: Map<MetricName, number | number[]>, values: MetricValues): void {
  for (const [key, value] of Object.entries(values) as [MetricName, number | readonly number[]][]) {
    const sum = sums.get(key);
    if (metricTable[key].unit === 'Count') {
      sums.set(key, ((sum as number | undefined) ?? 0) + (value as number));
    } else {
      const observations = (sum as number[] | undefined) ?? [];
      const more = Array.isArray(value) ? (value as readonly number[]) : [value as number];
      sums.set(key, [...observations, ...more].slice(0, maxObservations));
    }
  }
}
