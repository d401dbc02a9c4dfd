import type { MetricName } from '../contract/metric-name.ts';
import { metricTable } from '../contract/metric-name.ts';
import type { Metrics, MetricValues } from './metrics.ts';

/** Observations that one document of the embedded metric format may hold for a metric. */
const maxObservations = 100;

/**
 * Gathers the metrics of many small batches into one document a topic and `windowMs`, because a line for each of a
 * thousand batches a second would cost more than the batches. Counts are summed, durations are kept one by one (of more
 * than 100 in a window, the first). What a frozen environment holds back is written with its next batch; the totals
 * that nothing may miss stand in the ledger.
 */
export function createMetricWindow(metrics: Metrics, options: { windowMs: number; now: () => number }): Metrics {
  const { windowMs, now } = options;
  const windows = new Map<string, { readonly since: number; readonly values: Map<MetricName, number | number[]> }>();
  return {
    emit(topic, values) {
      const at = now();
      const window = windows.get(topic) ?? { since: at, values: new Map() };
      add(window.values, values);
      if (at - window.since < windowMs) {
        windows.set(topic, window);
        return;
      }
      windows.delete(topic);
      metrics.emit(topic, Object.fromEntries(window.values));
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
