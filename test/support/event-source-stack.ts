import type { TestContext } from 'node:test';
import {
  type EventSourceOptions,
  type RunningEventSource,
  startEventSource,
} from '../../localstack/event-source/event-source.ts';
import { createLog } from '../../shared/observability/log.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryRecordSource } from './memory-record-source.ts';
import { ScriptedLambda } from './scripted-lambda.ts';

/** An event source driver between a source in memory and a scripted Lambda, on a clock that the test moves. */
export interface EventSourceStack {
  readonly source: MemoryRecordSource;
  readonly lambda: ScriptedLambda;
  readonly clock: ManualClock;
  /** Lines that the driver logged, parsed. */
  readonly logged: Record<string, unknown>[];
  readonly driver: RunningEventSource;
  /** Stops the driver and starts another one. */
  restart(): Promise<void>;
}

/** Starts the driver, ended with the test. Jitter is none: back-off delays are their upper half's beginning. */
export async function startEventSourceStack(
  t: TestContext,
  options: Partial<EventSourceOptions> = {},
): Promise<EventSourceStack> {
  const source = new MemoryRecordSource();
  const lambda = new ScriptedLambda();
  const clock = new ManualClock();
  const logged: Record<string, unknown>[] = [];
  const sink = (line: string) => logged.push(JSON.parse(line) as Record<string, unknown>);
  const log = createLog({ sink, now: () => clock.now(), level: 'DEBUG' });
  const cluster = { bootstrapServers: '127.0.0.1:9092' };
  const start = () => startEventSource({ lambda, source, cluster, log, clock, random: () => 0, ...options });
  let driver = await start();
  t.after(() => clock.until(driver.stop()));
  return {
    source,
    lambda,
    clock,
    logged,
    get driver() {
      return driver;
    },
    restart: async () => {
      await driver.stop();
      driver = await start();
    },
  };
}
