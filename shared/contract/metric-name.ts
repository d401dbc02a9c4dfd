/** CloudWatch namespace of every metric of Sluice. */
export const metricNamespace = 'Sluice';

/** Names of the dimensions that every metric of Sluice has, all three together and in this order. */
export const metricDimensions = ['Stage', 'Connector', 'Topic'] as const;

/** Units of CloudWatch that Sluice uses. */
export type MetricUnit = 'Count' | 'Milliseconds';

/** A metric of CloudWatch. */
export interface MetricDefinition {
  readonly name: string;
  readonly unit: MetricUnit;
  /** True: what several batches count is added up. False: each batch is an observation of its own. */
  readonly isSummed: boolean;
}

/**
 * Every metric of Sluice: its name in the code → its definition. Alarms, dashboards and functions take them from here.
 * Records are counted by the sink alone, also those that the filter function dropped, so that in the chained topology
 * nothing is counted twice.
 */
export const metricTable = {
  /** Records whose change stands in the target table. */
  applied: { name: 'Applied', unit: 'Count', isSummed: true },
  /** Records that a filter dropped. */
  filtered: { name: 'Filtered', unit: 'Count', isSummed: true },
  /** Records below the ledger's next offset. */
  duplicate: { name: 'Duplicate', unit: 'Count', isSummed: true },
  /** Records that went to the dead letter table. */
  deadLettered: { name: 'DeadLettered', unit: 'Count', isSummed: true },
  /** Updates and deletes among the applied that met no row. */
  unmatched: { name: 'Unmatched', unit: 'Count', isSummed: true },
  /** How often a row key came by two partitions of one batch, so that nobody knows the order of its changes. */
  sharedKeys: { name: 'SharedKeys', unit: 'Count', isSummed: true },
  /** Changes among the applied of which `filter.sql` could not tell whether their row matches: written where the row is. */
  undecided: { name: 'Undecided', unit: 'Count', isSummed: true },
  /** Records handed back to Lambda, which sends them again. */
  failed: { name: 'Failed', unit: 'Count', isSummed: true },
  /** Invocations of the sink that the filter function could not bring to a reply. */
  forwardFailed: { name: 'ForwardFailed', unit: 'Count', isSummed: true },
  /** Partitions of the batch that were not taken whole. */
  blockedPartitions: { name: 'BlockedPartitions', unit: 'Count', isSummed: false },
  /** Offsets that Lambda has delivered and the ledger does not have yet, over the partitions of the batch. */
  ledgerLag: { name: 'LedgerLag', unit: 'Count', isSummed: false },
  /** From the sink function's start to its answer. */
  batchDurationMs: { name: 'BatchDuration', unit: 'Milliseconds', isSummed: false },
  /** From the filter function's start to its answer, the sink's time included. */
  filterDurationMs: { name: 'FilterDuration', unit: 'Milliseconds', isSummed: false },
  /** From the last record's evaluation to the end of the transaction: binding, statements and COMMIT. */
  commitLatencyMs: { name: 'CommitLatency', unit: 'Milliseconds', isSummed: false },
  /** From the Kafka timestamp of the oldest record that the batch committed to the commit. */
  freshnessMs: { name: 'Freshness', unit: 'Milliseconds', isSummed: false },
  /** From that record's `source.ts_ms`, the time of its change in the source database, to the commit. */
  sourceFreshnessMs: { name: 'SourceFreshness', unit: 'Milliseconds', isSummed: false },
  /** Age of the oldest record of the batch by its Kafka timestamp, committed or not. */
  recordAgeMs: { name: 'RecordAge', unit: 'Milliseconds', isSummed: false },
} as const satisfies Record<string, MetricDefinition>;

/**
 * Metrics that the stack makes of log lines, by connector: the error code of the line, and the metric's name.
 * `accountingUnequal`: records that went in are not those that came out, or another invariant broke: a bug of Sluice.
 */
export const logMetricTable = {
  accountingUnequal: { name: 'AccountingUnequal', code: 'INVARIANT_BROKEN', dimension: 'Connector' },
} as const;

/** A metric's name in the code. */
export type MetricName = keyof typeof metricTable;
