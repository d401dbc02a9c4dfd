import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { EnvironmentSettings } from './execution-environment.ts';
import { codeStamp } from './function-code.ts';
import { FunctionLog } from './function-log.ts';
import type { FunctionRecord, LambdaIdentity } from './function-record.ts';
import { FunctionRunner, type RunnerLimits } from './function-runner.ts';
import type { InvocationOutcome } from './invocation-outcome.ts';
import { buildProcessEnvironment } from './process-environment.ts';

/** How functions are run. */
export interface RuntimesOptions {
  readonly identity: LambdaIdentity;
  /** Folder of the functions' logs. */
  readonly logsDir: string;
  /** Most events of one function that run at once, unless it has reserved concurrency. */
  readonly maxConcurrency: number;
  readonly idleTimeoutMs: number;
  readonly initTimeoutMs: number;
  /** URL of the endpoint; known only once it listens. */
  readonly endpointUrl: () => string;
}

interface Runtime {
  readonly runner: FunctionRunner;
  readonly log: FunctionLog;
  record: FunctionRecord;
  codeStamp: string | undefined;
}

/** The processes and logs of the functions, made at a function's first event. */
export class FunctionRuntimes {
  readonly #options: RuntimesOptions;
  readonly #runtimes = new Map<string, Runtime>();

  constructor(options: RuntimesOptions) {
    this.#options = options;
  }

  /**
   * Runs one event; undefined when the function is at its concurrency. A folder whose code was replaced is run by fresh
   * processes.
   */
  invoke(record: FunctionRecord, payload: Buffer, clientContext?: string): Promise<InvocationOutcome | undefined> {
    const runtime = this.#runtimeOf(record);
    const stamp = codeStamp(record.code.folder) ?? runtime.codeStamp;
    if (runtime.codeStamp !== stamp) runtime.runner.retire();
    runtime.codeStamp = stamp;
    const context = clientContext === undefined ? {} : { clientContext };
    return runtime.runner.invoke({ requestId: randomUUID(), payload, ...context });
  }

  /** Later events run with this configuration and code; processes of the one before end after their event. */
  replace(record: FunctionRecord): void {
    const runtime = this.#runtimes.get(record.configuration.FunctionName);
    if (runtime === undefined) return;
    runtime.record = record;
    runtime.runner.retire();
  }

  /** Takes over the record's concurrency; processes stay. */
  limit(record: FunctionRecord): void {
    const runtime = this.#runtimes.get(record.configuration.FunctionName);
    if (runtime === undefined) return;
    runtime.record = record;
    runtime.runner.limits = this.#limitsOf(record);
  }

  /** Kills the function's processes, also those at work. */
  async remove(name: string): Promise<void> {
    const runtime = this.#runtimes.get(name);
    this.#runtimes.delete(name);
    await runtime?.runner.stop();
    await runtime?.log.close();
  }

  /** Process ids of all functions. */
  pids(): number[] {
    return [...this.#runtimes.values()].flatMap(({ runner }) => runner.pids());
  }

  /** Kills every process; fulfilled when none is left and the logs are written. */
  async stop(): Promise<void> {
    await Promise.all(
      [...this.#runtimes.values()].map(async ({ runner, log }) => {
        await runner.stop();
        await log.close();
      }),
    );
  }

  #runtimeOf(record: FunctionRecord): Runtime {
    const { FunctionName: name } = record.configuration;
    const existing = this.#runtimes.get(name);
    if (existing !== undefined) return existing;
    const runtime: Runtime = {
      record,
      log: new FunctionLog(join(this.#options.logsDir, `${name}.log`)),
      runner: new FunctionRunner(() => this.#settingsOf(runtime), this.#limitsOf(record)),
      codeStamp: codeStamp(record.code.folder),
    };
    this.#runtimes.set(name, runtime);
    return runtime;
  }

  #settingsOf({ record, log }: Runtime): EnvironmentSettings {
    const { identity, endpointUrl, initTimeoutMs } = this.#options;
    const { FunctionArn, MemorySize, Timeout } = record.configuration;
    return {
      functionArn: FunctionArn,
      taskRoot: record.code.folder,
      memorySizeMb: MemorySize,
      timeoutMs: Timeout * 1000,
      initTimeoutMs,
      log,
      variables: buildProcessEnvironment(record, {
        identity,
        endpointUrl: endpointUrl(),
        path: process.env.PATH ?? '',
        now: new Date(),
      }),
    };
  }

  #limitsOf(record: FunctionRecord): RunnerLimits {
    const { maxConcurrency, idleTimeoutMs } = this.#options;
    return { maxConcurrency: record.reservedConcurrency ?? maxConcurrency, idleTimeoutMs };
  }
}
