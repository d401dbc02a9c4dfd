import type { MappingStatus } from '../event-source/event-source-status.ts';
import type { RunningService, ServiceName } from '../services/service.ts';

/** How a service is made and which services have to be up before it. */
export interface ServiceDefinition {
  readonly name: ServiceName;
  readonly needs: readonly ServiceName[];
  /** Rejects for what would keep it from starting on this machine. Done for all services before the first one starts. */
  check?(signal: AbortSignal): Promise<void>;
  /** May reject once the signal is aborted: the stack ends. */
  start(signal: AbortSignal): Promise<StartedService>;
}

/** A running service and the processes of its own, which may outlive a killed stack. */
export interface StartedService extends RunningService {
  readonly pids?: () => readonly number[];
  /** How the event source mappings stand that it follows. */
  readonly mappings?: () => Promise<readonly MappingStatus[]>;
}

/** What a service is doing. `failed`: its start was refused, its process died, or its stop left something behind. */
export type ServiceState = 'stopped' | 'starting' | 'up' | 'stopping' | 'failed';

/** One service as `sluice status` shows it. */
export interface ServiceStatus {
  readonly name: ServiceName;
  readonly state: ServiceState;
  /** Null while it is not up, and for a service without a listener. */
  readonly url: string | null;
  /** Why it failed; null for any other state. */
  readonly reason: string | null;
}

/** Told after a service changed; `elapsedMs` is how long that took. */
export interface ServiceListener {
  up(name: ServiceName, url: string | null, elapsedMs: number): void;
  down(name: ServiceName, elapsedMs: number, failure?: unknown): void;
  /** Its process ended by itself and is started again. */
  died(name: ServiceName, reason: string): void;
  /** A try to start a dead process again failed. */
  refused(name: ServiceName, error: unknown, nextTryMs: number): void;
}

/**
 * Starts and stops services in the order of their definitions, which must name what a service needs before it. Calls
 * are done one after another. A start that fails stops what that same call had started, then rejects with its error;
 * a stop that fails goes on with the remaining services and is told to the listener.
 */
export class ServiceSet {
  readonly #definitions: readonly ServiceDefinition[];
  readonly #listener: ServiceListener;
  readonly #nowMs: () => number;
  readonly #running = new Map<ServiceName, StartedService>();
  readonly #states = new Map<ServiceName, ServiceState>();
  readonly #reasons = new Map<ServiceName, string>();
  readonly #closing = new AbortController();
  #tail: Promise<void> = Promise.resolve();

  constructor(definitions: readonly ServiceDefinition[], listener: ServiceListener, nowMs: () => number) {
    this.#definitions = definitions;
    this.#listener = listener;
    this.#nowMs = nowMs;
  }

  /** Every service, in starting order. */
  status(): ServiceStatus[] {
    return this.#definitions.map(({ name }) => {
      const state = this.#states.get(name) ?? 'stopped';
      return {
        name,
        state,
        url: state === 'up' ? (this.#running.get(name)?.url ?? null) : null,
        reason: state === 'failed' ? (this.#reasons.get(name) ?? null) : null,
      };
    });
  }

  /** How the event source mappings stand, by topic; empty while nothing follows any. */
  async mappings(): Promise<readonly MappingStatus[]> {
    return (await Promise.all([...this.#running.values()].map(({ mappings }) => mappings?.() ?? []))).flat();
  }

  /** Processes of running services, which may outlive a killed stack. */
  processes(): { name: ServiceName; pid: number }[] {
    return [...this.#running].flatMap(([name, { pids }]) => (pids?.() ?? []).map((pid) => ({ name, pid })));
  }

  /**
   * Starts the service, or every one, with what it needs; one whose process died is not made to wait for its next try.
   * Fulfilled with the names that were not started before.
   */
  start(name?: ServiceName): Promise<ServiceName[]> {
    return this.#enqueue(async () => {
      const wanted = name === undefined ? this.#names() : this.#withNeeds(name);
      const started: ServiceName[] = [];
      await this.#check(wanted);
      try {
        for (const definition of this.#definitions) {
          if (!wanted.has(definition.name)) continue;
          if (this.#closing.signal.aborted) break;
          const running = this.#running.get(definition.name);
          await running?.supervision?.retryNow();
          if (running !== undefined) continue;
          await this.#startOne(definition);
          started.push(definition.name);
        }
      } catch (error) {
        for (const each of started.toReversed()) await this.#stopOne(each);
        throw error;
      }
      return started;
    });
  }

  /** Stops the service with everything that needs it, or every one. Fulfilled with the names that were up before. */
  stop(name?: ServiceName): Promise<ServiceName[]> {
    return this.#enqueue(async () => {
      const wanted = name === undefined ? this.#names() : this.#withDependents(name);
      const stopped = this.#definitions
        .map((definition) => definition.name)
        .filter((each) => wanted.has(each) && this.#running.has(each))
        .toReversed();
      for (const each of stopped) await this.#stopOne(each);
      return stopped;
    });
  }

  /** Stops every service for good; a start under way is told to end. */
  close(): Promise<ServiceName[]> {
    this.#closing.abort();
    return this.stop();
  }

  async #check(wanted: ReadonlySet<ServiceName>): Promise<void> {
    for (const { name, check } of this.#definitions) {
      if (check === undefined || !wanted.has(name) || this.#running.has(name)) continue;
      if (this.#closing.signal.aborted) return;
      await check(this.#closing.signal).catch((error: unknown) => {
        this.#fail(name, error);
        throw error;
      });
    }
  }

  async #startOne(definition: ServiceDefinition): Promise<void> {
    const sinceMs = this.#nowMs();
    this.#states.set(definition.name, 'starting');
    try {
      const running = await definition.start(this.#closing.signal);
      this.#running.set(definition.name, running);
      this.#states.set(definition.name, 'up');
      this.#listener.up(definition.name, running.url ?? null, this.#nowMs() - sinceMs);
      this.#supervise(definition.name, running);
    } catch (error) {
      this.#fail(definition.name, error);
      throw error;
    }
  }

  async #stopOne(name: ServiceName): Promise<void> {
    const sinceMs = this.#nowMs();
    this.#states.set(name, 'stopping');
    try {
      await this.#running.get(name)?.stop();
      this.#states.set(name, 'stopped');
      this.#listener.down(name, this.#nowMs() - sinceMs);
    } catch (error) {
      this.#fail(name, error);
      this.#listener.down(name, this.#nowMs() - sinceMs, error);
    } finally {
      this.#running.delete(name);
    }
  }

  /** Follows the deaths and returns of a service's process until it is stopped. */
  #supervise(name: ServiceName, running: StartedService): void {
    const isKept = () => this.#running.get(name) === running && this.#states.get(name) !== 'stopping';
    running.supervision?.watch({
      died: (reason) => {
        if (!isKept()) return;
        this.#fail(name, reason);
        this.#listener.died(name, reason);
      },
      refused: (error, nextTryMs) => {
        if (!isKept()) return;
        this.#fail(name, error);
        this.#listener.refused(name, error, nextTryMs);
      },
      back: (elapsedMs) => {
        if (!isKept()) return;
        this.#states.set(name, 'up');
        this.#listener.up(name, running.url ?? null, elapsedMs);
      },
    });
  }

  #fail(name: ServiceName, error: unknown): void {
    this.#states.set(name, 'failed');
    this.#reasons.set(name, error instanceof Error ? error.message : String(error));
  }

  #names(): Set<ServiceName> {
    return new Set(this.#definitions.map((definition) => definition.name));
  }

  #withNeeds(name: ServiceName): Set<ServiceName> {
    const found = new Set([name]);
    for (const { name: each, needs } of this.#definitions.toReversed()) {
      if (found.has(each)) for (const need of needs) found.add(need);
    }
    return found;
  }

  #withDependents(name: ServiceName): Set<ServiceName> {
    const found = new Set([name]);
    for (const { name: each, needs } of this.#definitions) {
      if (needs.some((need) => found.has(need))) found.add(each);
    }
    return found;
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
