/** CloudWatch namespace of every metric of Sluice. */
export const metricNamespace = 'Sluice';

/** Names of the dimensions that every metric of Sluice has, all three together and in this order. */
export const metricDimensions = ['Stage', 'Connector', 'Topic'] as const;

/** Units of CloudWatch that Sluice uses. */
export type MetricUnit = 'Count' | 'Milliseconds';

/**
 * Every metric of Sluice: its name in the code → its name and unit in CloudWatch. Alarms, dashboards and functions take
 * them from here. Records are counted by the sink alone, also those that the filter function dropped, so that in the
 * chained topology nothing is counted twice.
 */
export const metricTable = {
  /** Records whose change stands in the target table. */
  applied: { name: 'Applied', unit: 'Count' },
  /** Records that a filter dropped. */
  filtered: { name: 'Filtered', unit: 'Count' },
  /** Records below the ledger's next offset. */
  duplicate: { name: 'Duplicate', unit: 'Count' },
  /** Records that went to the dead letter table. */
  deadLettered: { name: 'DeadLettered', unit: 'Count' },
  /** Updates and deletes among the applied that met no row; in mode upsert none are told. */
  unmatched: { name: 'Unmatched', unit: 'Count' },
  /** Records handed back to Lambda, which sends them again. */
  failed: { name: 'Failed', unit: 'Count' },
  /** Invocations of the sink that the filter function could not bring to a reply. */
  forwardFailed: { name: 'ForwardFailed', unit: 'Count' },
  /** From the sink function's start to its answer. */
  batchDurationMs: { name: 'BatchDuration', unit: 'Milliseconds' },
  /** From the filter function's start to its answer, the sink's time included. */
  filterDurationMs: { name: 'FilterDuration', unit: 'Milliseconds' },
  /** From the transaction's begin to its commit. */
  commitLatencyMs: { name: 'CommitLatency', unit: 'Milliseconds' },
  /** From the oldest record's Kafka timestamp to the commit. */
  freshnessMs: { name: 'Freshness', unit: 'Milliseconds' },
} as const satisfies Record<string, { readonly name: string; readonly unit: MetricUnit }>;

/**
 * Metrics that the stack makes of log lines, by connector: the error code of the line, and the metric's name.
 * `accountingUnequal`: records that went in are not those that came out, a bug of Sluice.
 */
export const logMetricTable = {
  accountingUnequal: { name: 'AccountingUnequal', code: 'INVARIANT_BROKEN', dimension: 'Connector' },
} as const;

/** A metric's name in the code. */
export type MetricName = keyof typeof metricTable;
