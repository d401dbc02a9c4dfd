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
  /** By function name and version. */
  readonly #runtimes = new Map<string, Runtime>();
  /** By function name. */
  readonly #logs = new Map<string, FunctionLog>();

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
    const runtime = this.#runtimes.get(keyOf(record));
    if (runtime === undefined) return;
    runtime.record = record;
    runtime.runner.retire();
  }

  /** Processes of a version end after their event. */
  retire(name: string, version: string): void {
    this.#runtimes.get(`${name}:${version}`)?.runner.retire();
  }

  /** Takes over the record's concurrency; processes stay. */
  limit(record: FunctionRecord): void {
    const { reservedConcurrency } = record;
    for (const runtime of this.#runtimesOf(record.configuration.FunctionName).values()) {
      const { reservedConcurrency: _, ...rest } = runtime.record;
      runtime.record = { ...rest, ...(reservedConcurrency !== undefined && { reservedConcurrency }) };
      runtime.runner.limits = this.#limitsOf(runtime.record);
    }
  }

  /** Kills the processes of the function, of all its versions unless one is named, also those at work. */
  async remove(name: string, version?: string): Promise<void> {
    for (const [key, { runner }] of this.#runtimesOf(name)) {
      if (version !== undefined && key !== `${name}:${version}`) continue;
      this.#runtimes.delete(key);
      await runner.stop();
    }
    if (version !== undefined) return;
    const log = this.#logs.get(name);
    this.#logs.delete(name);
    await log?.close();
  }

  /** Process ids of all functions. */
  pids(): number[] {
    return [...this.#runtimes.values()].flatMap(({ runner }) => runner.pids());
  }

  /** Kills every process; fulfilled when none is left and the logs are written. */
  async stop(): Promise<void> {
    await Promise.all([...this.#runtimes.values()].map(({ runner }) => runner.stop()));
    await Promise.all([...this.#logs.values()].map((log) => log.close()));
  }

  /** Runtimes of the function's versions, by key. */
  #runtimesOf(name: string): Map<string, Runtime> {
    const found = [...this.#runtimes].filter(([, { record }]) => record.configuration.FunctionName === name);
    return new Map(found);
  }

  /** All versions of a function write to one file. */
  #logOf(name: string): FunctionLog {
    const log = this.#logs.get(name) ?? new FunctionLog(join(this.#options.logsDir, `${name}.log`));
    this.#logs.set(name, log);
    return log;
  }

  #runtimeOf(record: FunctionRecord): Runtime {
    const key = keyOf(record);
    const existing = this.#runtimes.get(key);
    if (existing !== undefined) return existing;
    const runtime: Runtime = {
      record,
      log: this.#logOf(record.configuration.FunctionName),
      runner: new FunctionRunner(() => this.#settingsOf(runtime), this.#limitsOf(record)),
      codeStamp: codeStamp(record.code.folder),
    };
    this.#runtimes.set(key, runtime);
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
        host: process.env,
        now: new Date(),
      }),
    };
  }

  #limitsOf(record: FunctionRecord): RunnerLimits {
    const { maxConcurrency, idleTimeoutMs } = this.#options;
    return { maxConcurrency: record.reservedConcurrency ?? maxConcurrency, idleTimeoutMs };
  }
}

function keyOf({ configuration }: FunctionRecord): string {
  return `${configuration.FunctionName}:${configuration.Version}`;
}
