import { type EnvironmentSettings, ExecutionEnvironment, type InvocationRequest } from './execution-environment.ts';
import type { InvocationOutcome } from './invocation-outcome.ts';

/** Bounds of a {@link FunctionRunner}. */
export interface RunnerLimits {
  /** Most events that run at once; 0 stops the function. */
  readonly maxConcurrency: number;
  /** Time after which an environment without work is ended. */
  readonly idleTimeoutMs: number;
}

/** How to start an environment, asked for each new one so that it sees the present configuration and code. */
export type SettingsProvider = () => EnvironmentSettings;

interface IdleEnvironment {
  readonly environment: ExecutionEnvironment;
  readonly timer: NodeJS.Timeout;
}

/**
 * Runs one function's events in as many environments as run at once. An environment is used again and again, the one
 * used last first, until it fails, idles too long, or the function changes.
 */
export class FunctionRunner {
  readonly #settings: SettingsProvider;
  #limits: RunnerLimits;
  readonly #idle: IdleEnvironment[] = [];
  readonly #environments = new Set<ExecutionEnvironment>();
  readonly #active = new Set<Promise<InvocationOutcome>>();
  /** Counts changes of the function; environments of an older generation end after their event. */
  #generation = 0;
  #stopped = false;

  constructor(settings: SettingsProvider, limits: RunnerLimits) {
    this.#settings = settings;
    this.#limits = limits;
  }

  /**
   * Runs the event; undefined, without running it, when the function is at its concurrency. Rejects only when no
   * process can be started.
   */
  async invoke(request: InvocationRequest): Promise<InvocationOutcome | undefined> {
    if (this.#stopped || this.#active.size >= this.#limits.maxConcurrency) return undefined;
    const outcome = this.#run(request);
    this.#active.add(outcome);
    try {
      return await outcome;
    } finally {
      this.#active.delete(outcome);
    }
  }

  /** Process ids of the living environments. */
  pids(): number[] {
    return [...this.#environments].flatMap((environment) => environment.pid ?? []);
  }

  /** Ends the environments that were started before, each as soon as its event is done. */
  retire(): void {
    this.#generation += 1;
    for (const { environment, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      this.#end(environment);
    }
  }

  set limits(limits: RunnerLimits) {
    this.#limits = limits;
  }

  /** Kills every environment, also those at work; fulfilled when none is left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    await Promise.all([...this.#environments].map((environment) => environment.kill()));
    await Promise.allSettled(this.#active);
    this.#environments.clear();
  }

  async #run(request: InvocationRequest): Promise<InvocationOutcome> {
    for (;;) {
      const generation = this.#generation;
      const environment = this.#takeIdle() ?? (await this.#start());
      const outcome = await environment.invoke(request);
      this.#release(environment, generation);
      if (outcome !== undefined) return outcome;
    }
  }

  async #start(): Promise<ExecutionEnvironment> {
    const environment = await ExecutionEnvironment.start(this.#settings());
    this.#environments.add(environment);
    if (this.#stopped) await environment.kill();
    return environment;
  }

  #takeIdle(): ExecutionEnvironment | undefined {
    for (;;) {
      const last = this.#idle.pop();
      if (last === undefined) return undefined;
      clearTimeout(last.timer);
      if (last.environment.isAlive) return last.environment;
      this.#end(last.environment);
    }
  }

  #release(environment: ExecutionEnvironment, generation: number): void {
    if (this.#stopped || generation !== this.#generation || !environment.isAlive) {
      this.#end(environment);
      return;
    }
    const timer = setTimeout(() => {
      const index = this.#idle.findIndex((idle) => idle.environment === environment);
      if (index >= 0) this.#idle.splice(index, 1);
      this.#end(environment);
    }, this.#limits.idleTimeoutMs).unref();
    this.#idle.push({ environment, timer });
  }

  #end(environment: ExecutionEnvironment): void {
    void environment.kill().finally(() => this.#environments.delete(environment));
  }
}
