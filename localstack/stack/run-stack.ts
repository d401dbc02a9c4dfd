import { randomBytes } from 'node:crypto';
import { setImmediate as immediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ServiceName } from '../services/service.ts';
import { type ControlTarget, openControlListener } from './control-listener.ts';
import { onEndSignal } from './end-signal.ts';
import { endLeftOver, findLeftOvers } from './left-over.ts';
import { readProcessIdentity } from './process-identity.ts';
import { claimRunFile, type RunRecord, removeRunFile, writeRunRecord } from './run-file.ts';
import { diedLine, downLine, failureLine, refusedLine, upLine } from './service-line.ts';
import { type ServiceDefinition, ServiceSet } from './service-set.ts';

const recordIntervalMs = 1_000;

/** What {@link runStack} needs. */
export interface RunOptions {
  /** Exists and can be written. */
  readonly dataDir: string;
  readonly version: string;
  /** In starting order. */
  readonly services: readonly ServiceDefinition[];
  /** Start only this service and what it needs. */
  readonly service?: ServiceName | undefined;
  /** Takes every line for the user. */
  readonly say: (line: string) => void;
  /** Said once the folder is this stack's. */
  readonly greeting: readonly string[];
  /** Called once all is up. */
  readonly whenUp: (stack: UpStack) => Promise<void>;
}

/** A stack that has just come up. */
export interface UpStack {
  /** URL of a service that is up. */
  url(name: ServiceName): string;
  /** Aborted when the stack is told to end. */
  readonly signal: AbortSignal;
}

/**
 * Runs a stack in this process until a signal or `sluice stop` ends it. Fulfilled with the exit code when nothing of it
 * runs any more: 1 when a service did not stop as it should, else 0. A second Ctrl-C ends the process at once.
 *
 * @throws SluiceError STACK_RUNNING, or what a service's start or `whenUp` threw, with nothing left running
 */
export async function runStack(options: RunOptions): Promise<number> {
  const stack = new StackRun(options);
  const forgetSignals = onEndSignal({
    end: () => void stack.end(),
    force: () => stack.abandon(),
    nowMs: () => performance.now(),
    process,
  });
  try {
    return await stack.run();
  } finally {
    forgetSignals();
  }
}

class StackRun implements ControlTarget {
  readonly #options: RunOptions;
  readonly #services: ServiceSet;
  readonly #ending = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #askers = new Set<(line: string) => void>();
  #record: RunRecord | undefined;
  #exitCode = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    const listener = {
      up: (name: ServiceName, url: string | null, elapsedMs: number) => this.#tell(upLine(name, url, elapsedMs)),
      down: (name: ServiceName, elapsedMs: number, failure?: unknown) => {
        if (failure !== undefined) this.#exitCode = 1;
        this.#tell(failure === undefined ? downLine(name, elapsedMs) : failureLine(name, failure));
      },
      died: (name: ServiceName, reason: string) => this.#tell(diedLine(name, reason)),
      refused: (name: ServiceName, error: unknown, nextTryMs: number) =>
        this.#tell(refusedLine(name, error, nextTryMs)),
    };
    this.#services = new ServiceSet(options.services, listener, () => performance.now());
  }

  async run(): Promise<number> {
    const { dataDir } = this.#options;
    const token = randomBytes(24).toString('base64url');
    const control = await openControlListener(token, this);
    try {
      const own: RunRecord = {
        pid: process.pid,
        identity: readProcessIdentity(process.pid) ?? 'unknown',
        version: this.#options.version,
        startedAt: new Date().toISOString(),
        control: { url: control.url, token },
        services: this.#services.status(),
        children: [],
      };
      const stale = claimRunFile(dataDir, own);
      this.#record = own;
      for (const line of this.#options.greeting) this.#options.say(line);
      // Functions' processes come and go between two changes of a service.
      const recording = setInterval(() => this.#recordState(), recordIntervalMs).unref();
      try {
        await this.#hold(stale);
      } finally {
        await this.#services.close();
        clearInterval(recording);
        removeRunFile(dataDir);
      }
      return this.#exitCode;
    } finally {
      await control.close();
    }
  }

  status() {
    return this.#services.status();
  }

  mappings() {
    return this.#services.mappings();
  }

  async start(name: ServiceName | undefined, say: (line: string) => void): Promise<void> {
    await this.#whileTelling(say, () => this.#services.start(name));
  }

  async stop(name: ServiceName | undefined, say: (line: string) => void): Promise<void> {
    await this.#whileTelling(say, () => (name === undefined ? this.end() : this.#services.stop(name)));
  }

  /** Stops everything in order; {@link run} is fulfilled then. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#services.close();
    this.#ended.resolve();
  }

  /** For a user who does not want to wait: what has a process of its own is told to end at once, and so do we. */
  abandon(): never {
    // For PostgreSQL SIGQUIT is an immediate shutdown; a Java process would only print its threads.
    for (const { name, pid } of this.#services.processes()) {
      process.kill(pid, name === 'postgres' ? 'SIGQUIT' : 'SIGTERM');
    }
    removeRunFile(this.#options.dataDir);
    process.exit(130);
  }

  async #hold(stale: RunRecord | undefined): Promise<void> {
    const { signal } = this.#ending;
    try {
      // PostgreSQL is not ended here: its service adopts the server that a killed stack left running.
      for (const each of findLeftOvers(stale)) if (each.name !== 'postgres') await endLeftOver(each);
      await this.#services.start(this.#options.service);
      const url = (name: ServiceName) => this.status().find((each) => each.name === name)?.url ?? '';
      if (!signal.aborted) await this.#options.whenUp({ url, signal });
    } catch (error) {
      // A start that was broken off by Ctrl-C is no failure. The terminal sends it to children as well, initdb for one,
      // whose end may be seen before our own signal.
      await immediate();
      if (!signal.aborted) throw error;
    }
    await this.#ended.promise;
  }

  async #whileTelling(say: (line: string) => void, change: () => Promise<unknown>): Promise<void> {
    this.#askers.add(say);
    try {
      await change();
    } finally {
      this.#askers.delete(say);
    }
  }

  #tell(line: string): void {
    this.#options.say(line);
    for (const say of this.#askers) say(line);
    this.#recordState();
  }

  #recordState(): void {
    if (this.#record === undefined) return;
    const children = this.#services.processes().flatMap(({ name, pid }) => {
      const identity = readProcessIdentity(pid);
      return identity === undefined ? [] : [{ name, pid, identity }];
    });
    const record = { ...this.#record, services: this.status(), children };
    if (isDeepStrictEqual(record, this.#record)) return;
    this.#record = record;
    writeRunRecord(this.#options.dataDir, this.#record);
  }
}
