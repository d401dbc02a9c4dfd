import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metricTable } from '../../../../shared/contract/metric-name.ts';
import { createMetrics, toMetricLine } from '../../../../shared/observability/metrics.ts';
import { addOutcomes, isBalanced, noOutcomes } from '../../../../shared/observability/outcome-counts.ts';

describe('a metric line', () => {
  it('is a document of the embedded metric format', () => {
    const dimensions = { stage: 'local', connector: 'orders', topic: 's.dbo.orders' };
    const line = toMetricLine(dimensions, { applied: 3, commitLatencyMs: [1.5, 2] }, 1_700_000_000_000);
    assert.deepEqual(JSON.parse(line), {
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Sluice',
            Dimensions: [['Stage', 'Connector', 'Topic']],
            Metrics: [
              { Name: 'Applied', Unit: 'Count' },
              { Name: 'CommitLatency', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      Stage: 'local',
      Connector: 'orders',
      Topic: 's.dbo.orders',
      Applied: 3,
      CommitLatency: [1.5, 2],
    });
  });

  it('is not written without a value', () => {
    const lines: string[] = [];
    const metrics = createMetrics({ stage: 's', connector: 'c', sink: (line) => lines.push(line), now: () => 0 });
    metrics.emit('t', {});
    metrics.emit('t', { failed: 0 });
    assert.equal(lines.length, 1);
    assert.equal((JSON.parse(lines[0]!) as { Failed: number }).Failed, 0);
  });

  it('has a name of its own for every metric', () => {
    const names = Object.values(metricTable).map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });
});

describe('outcome counts', () => {
  it('add up, and balance when every record has one outcome', () => {
    const counts = addOutcomes(addOutcomes(noOutcomes, { applied: 2, unmatched: 1 }), { filtered: 1, failed: 1 });
    assert.deepEqual(counts, { ...noOutcomes, applied: 2, unmatched: 1, filtered: 1, failed: 1 });
    assert.equal(isBalanced(4, counts), true);
    assert.equal(isBalanced(5, counts), false);
  });
});
