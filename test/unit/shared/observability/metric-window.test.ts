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
  it('writes a batch after a pause at once, so that a lone dead letter is seen', () => {
    const { emitted, clock, window } = open();
    window.emit('t', { deadLettered: 1, batchDurationMs: 5 });
    assert.deepEqual(emitted, [['t', { deadLettered: 1, batchDurationMs: [5] }]]);
    clock.ms = 1_000;
    window.emit('t', { applied: 1 });
    assert.deepEqual(emitted[1], ['t', { applied: 1 }]);
  });

  it('sums counts and lists durations until a batch comes after its end', () => {
    const { emitted, clock, window } = open();
    window.emit('t', {});
    window.emit('t', { applied: 1, batchDurationMs: 5 });
    clock.ms = 999;
    window.emit('t', { applied: 2, filtered: 1, batchDurationMs: 6, ledgerLag: 7 });
    assert.equal(emitted.length, 1);
    clock.ms = 1_000;
    window.emit('t', { applied: 3, batchDurationMs: [7, 8], freshnessMs: 9 });
    assert.deepEqual(emitted[1], [
      't',
      { applied: 6, filtered: 1, batchDurationMs: [5, 6, 7, 8], freshnessMs: [9], ledgerLag: [7] },
    ]);
  });

  it('never writes twice within its length, and loses nothing', () => {
    const { emitted, clock, window } = open();
    for (const ms of [0, 1, 900, 1_100, 1_500, 2_000, 2_200]) {
      clock.ms = ms;
      window.emit('t', { applied: 1 });
    }
    assert.deepEqual(
      emitted.map(([, values]) => values),
      [{ applied: 1 }, { applied: 3 }, { applied: 3 }],
    );
  });

  it('keeps topics apart, and writes the one that has waited longest', () => {
    const { emitted, clock, window } = open();
    window.emit('a', { applied: 1 });
    clock.ms = 600;
    window.emit('b', { applied: 10 });
    window.emit('a', { applied: 2 });
    clock.ms = 1_200;
    window.emit('a', { applied: 4 });
    clock.ms = 2_200;
    window.emit('b', { applied: 20 });
    clock.ms = 3_200;
    window.emit('b', { applied: 40 });
    assert.deepEqual(emitted, [
      ['a', { applied: 1 }],
      ['b', { applied: 10 }],
      ['a', { applied: 6 }],
      ['b', { applied: 60 }],
    ]);
  });

  it('does not let what an alarm waits for lie until a next batch, which may never come', () => {
    const { emitted, clock, window } = open();
    window.emit('t', { applied: 1 });
    clock.ms = 100;
    window.emit('t', { applied: 1, failed: 0, blockedPartitions: 0 });
    assert.equal(emitted.length, 1);
    clock.ms = 200;
    window.emit('t', { deadLettered: 1 });
    assert.deepEqual(emitted[1], ['t', { applied: 1, failed: 0, blockedPartitions: [0], deadLettered: 1 }]);
    clock.ms = 300;
    window.emit('t', { blockedPartitions: 1 });
    assert.equal(emitted.length, 2);
    clock.ms = 61_000;
    window.emit('t', { applied: 1 });
    clock.ms = 61_100;
    window.emit('t', { blockedPartitions: 2 });
    assert.deepEqual(emitted[3], ['t', { blockedPartitions: [2] }]);
  });

  it('keeps at most a hundred observations', () => {
    const { emitted, clock, window } = open();
    window.emit('t', {});
    for (let i = 0; i < 150; i++) window.emit('t', { batchDurationMs: i, applied: 1 });
    clock.ms = 1_000;
    window.emit('t', {});
    const [, values] = emitted[1]!;
    assert.deepEqual(
      values.batchDurationMs,
      Array.from({ length: 100 }, (_, i) => i),
    );
    assert.equal(values.applied, 150);
  });
});
