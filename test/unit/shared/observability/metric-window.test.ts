import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMetricWindow } from '../../../../shared/observability/metric-window.ts';
import type { MetricValues } from '../../../../shared/observability/metrics.ts';

/** A window of a second over recorded emissions, and the clock that it goes by. */
function open() {
  const emitted: [topic: string, values: MetricValues][] = [];
  const clock = { ms: 0 };
  const metrics = { emit: (topic: string, values: MetricValues) => emitted.push([topic, values]) };
  return { emitted, clock, window: createMetricWindow(metrics, { windowMs: 1_000, now: () => clock.ms }) };
}

describe('a metric window', () => {
  it('sums counts and lists durations until a batch comes after its end', () => {
    const { emitted, clock, window } = open();
    window.emit('t', { applied: 1, batchDurationMs: 5 });
    clock.ms = 999;
    window.emit('t', { applied: 2, failed: 1, batchDurationMs: 6 });
    assert.deepEqual(emitted, []);
    clock.ms = 1_000;
    window.emit('t', { applied: 3, batchDurationMs: [7, 8], freshnessMs: 9 });
    assert.deepEqual(emitted, [['t', { applied: 6, failed: 1, batchDurationMs: [5, 6, 7, 8], freshnessMs: [9] }]]);
  });

  it('begins anew after it was written', () => {
    const { emitted, clock, window } = open();
    for (const ms of [0, 1_000, 1_500, 2_600]) {
      clock.ms = ms;
      window.emit('t', { applied: 1 });
    }
    assert.deepEqual(
      emitted.map(([, values]) => values),
      [{ applied: 2 }, { applied: 2 }],
    );
  });

  it('keeps topics apart', () => {
    const { emitted, clock, window } = open();
    window.emit('a', { applied: 1 });
    clock.ms = 600;
    window.emit('b', { applied: 10 });
    clock.ms = 1_200;
    window.emit('a', { applied: 2 });
    window.emit('b', { applied: 20 });
    assert.deepEqual(emitted, [['a', { applied: 3 }]]);
  });

  it('keeps at most a hundred observations', () => {
    const { emitted, clock, window } = open();
    for (let i = 0; i < 150; i++) window.emit('t', { batchDurationMs: i, applied: 1 });
    clock.ms = 1_000;
    window.emit('t', {});
    const [, values] = emitted[0]!;
    assert.deepEqual(
      values.batchDurationMs,
      Array.from({ length: 100 }, (_, i) => i),
    );
    assert.equal(values.applied, 150);
  });
});
