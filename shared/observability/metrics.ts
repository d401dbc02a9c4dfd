import {
  type MetricName,
  type MetricUnit,
  metricDimensions,
  metricNamespace,
  metricTable,
} from '../contract/metric-name.ts';

/** Values of one document. A list holds one value per observation, at most 100 of them. */
export type MetricValues = Readonly<Partial<Record<MetricName, number | readonly number[]>>>;

/** Values of the three dimensions. */
export interface MetricDimensions {
  readonly stage: string;
  readonly connector: string;
  readonly topic: string;
}

/** Emits the metrics of one connector's function. */
export interface Metrics {
  /** Writes one document for the topic; without any value nothing is written. */
  emit(topic: string, values: MetricValues): void;
}

/**
 * One document of CloudWatch's embedded metric format, from which CloudWatch Logs makes metrics without a call.
 * `timestampMs` is milliseconds since the epoch.
 *
 * Source: Amazon CloudWatch user guide, "Specification: Embedded metric format".
 */
export function toMetricLine(dimensions: MetricDimensions, values: MetricValues, timestampMs: number): string {
  const definitions: { Name: string; Unit: MetricUnit }[] = [];
  const members: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    const { name, unit } = metricTable[key as MetricName];
    definitions.push({ Name: name, Unit: unit });
    members[name] = value;
  }
  return JSON.stringify({
    _aws: {
      Timestamp: timestampMs,
      CloudWatchMetrics: [{ Namespace: metricNamespace, Dimensions: [metricDimensions], Metrics: definitions }],
    },
    Stage: dimensions.stage,
    Connector: dimensions.connector,
    Topic: dimensions.topic,
    ...members,
  });
}

/** Metrics of a connector, written to the sink as lines of the embedded metric format. */
export function createMetrics(options: {
  readonly stage: string;
  readonly connector: string;
  /** Takes one line without its line break. */
  readonly sink: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): Metrics {
  const { stage, connector, sink, now } = options;
  return {
    emit(topic, values) {
      if (Object.values(values).every((value) => value === undefined)) return;
      sink(toMetricLine({ stage, connector, topic }, values, now()));
    },
  };
}
