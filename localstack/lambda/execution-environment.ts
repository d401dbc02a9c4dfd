import { FunctionProcess } from './function-process.ts';
import { InvocationLog, type LogSink } from './invocation-log.ts';
import { exited, type InvocationOutcome, type RawOutcome, responseTooLarge, timedOut } from './invocation-outcome.ts';
import { RuntimeApi } from './runtime-api.ts';

/** What a process that runs a function needs. */
export interface EnvironmentSettings {
  readonly functionArn: string;
  /** Folder of the bundle: working directory and LAMBDA_TASK_ROOT. */
  readonly taskRoot: string;
  readonly memorySizeMb: number;
  readonly timeoutMs: number;
  /** Longest time from start to the first `next`; AWS gives 10 s. */
  readonly initTimeoutMs: number;
  /** The whole environment of the process, except AWS_LAMBDA_RUNTIME_API. */
  readonly variables: Readonly<Record<string, string>>;
  readonly log: LogSink;
}

/** One event for the function. */
export interface InvocationRequest {
  readonly requestId: string;
  readonly payload: Buffer;
  readonly clientContext?: string;
}

interface RunningInvocation {
  readonly request: InvocationRequest;
  readonly log: InvocationLog;
  readonly settle: (outcome: InvocationOutcome | undefined) => void;
  startedAt: number;
  isDelivered: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * A process that runs one function, one event at a time. It is usable until {@link isAlive} is false: a timeout, a crash
 * or a failed initialisation ends it.
 */
export class ExecutionEnvironment {
  readonly #settings: EnvironmentSettings;
  readonly #startedAt = performance.now();
  readonly #api: RuntimeApi;
  readonly #process: FunctionProcess;
  readonly #ended: Promise<void>;
  #running: RunningInvocation | undefined;
  /** Where output goes: the log of the invocation until its REPORT line, else the function's. */
  #output: LogSink;
  #initFailure: RawOutcome | undefined;
  #initMs: number | undefined;
  /** True once an event was settled: the REPORT line of the first one tells of the initialisation. */
  #isUsed = false;
  #alive = true;

  private constructor(settings: EnvironmentSettings, api: RuntimeApi) {
    this.#settings = settings;
    this.#output = settings.log;
    this.#api = api;
    this.#process = new FunctionProcess({
      taskRoot: settings.taskRoot,
      memorySizeMb: settings.memorySizeMb,
      variables: { ...settings.variables, AWS_LAMBDA_RUNTIME_API: api.address },
      onOutput: (bytes) => this.#output.write(bytes),
    });
    this.#ended = this.#process.exited.then((reason) => this.#onExit(reason));
    api.listen({
      onNext: () => this.#onNext(),
      onResponse: (requestId, payload) => this.#settle(requestId, payload ? { payload } : responseTooLarge()),
      onError: (requestId, errorType, payload) => this.#settle(requestId, { errorType, payload }),
      onInitError: (errorType, payload) => {
        this.#initFailure = { errorType, payload };
      },
    });
  }

  /** Starts the process; it initialises while the first event waits. */
  static async start(settings: EnvironmentSettings): Promise<ExecutionEnvironment> {
    const api = await RuntimeApi.start();
    try {
      return new ExecutionEnvironment(settings, api);
    } catch (error) {
      await api.close();
      throw error;
    }
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * Runs one event; never rejects. Only allowed while no other one runs. Undefined when the process, used before, ended
   * without having got the event, which another one can run then.
   */
  invoke(request: InvocationRequest): Promise<InvocationOutcome | undefined> {
    return new Promise((settle) => {
      const log = new InvocationLog(this.#settings.log, request.requestId);
      this.#output = log;
      this.#running = { request, log, settle, startedAt: performance.now(), isDelivered: false, timer: undefined };
      if (!this.#alive) this.#failByExit('before it got the event');
      else if (this.#api.isWaiting) this.#deliver(this.#running);
      else this.#armTimeout(this.#running, Math.max(this.#settings.initTimeoutMs, this.#settings.timeoutMs));
    });
  }

  /** Kills the process and everything it started; fulfilled when it is gone. */
  async kill(): Promise<void> {
    this.#alive = false;
    await this.#process.kill();
    await this.#ended;
  }

  #onNext(): void {
    this.#initMs ??= performance.now() - this.#startedAt;
    if (this.#running !== undefined) this.#deliver(this.#running);
  }

  #deliver(running: RunningInvocation): void {
    const { timeoutMs, functionArn } = this.#settings;
    running.startedAt = performance.now();
    running.isDelivered = true;
    running.log.start();
    this.#armTimeout(running, timeoutMs);
    this.#api.deliver({ ...running.request, functionArn, deadlineMs: Date.now() + timeoutMs });
  }

  #armTimeout(running: RunningInvocation, timeoutMs: number): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      const { requestId } = running.request;
      this.#alive = false;
      this.#settle(requestId, timedOut(requestId, timeoutMs), 'timeout');
      void this.kill();
    }, timeoutMs);
  }

  async #onExit(reason: string): Promise<void> {
    this.#alive = false;
    this.#failByExit(reason);
    await this.#api.close();
  }

  #failByExit(reason: string): void {
    const running = this.#running;
    if (running === undefined) return;
    const { requestId } = running.request;
    if (running.isDelivered || !this.#isUsed) {
      this.#settle(requestId, this.#initFailure ?? exited(requestId, reason), 'error');
      return;
    }
    this.#running = undefined;
    clearTimeout(running.timer);
    running.settle(undefined);
  }

  /** A late answer, of an event that timed out, finds no invocation and is dropped. */
  #settle(requestId: string, outcome: RawOutcome, status?: 'timeout' | 'error'): void {
    const running = this.#running;
    if (running === undefined || running.request.requestId !== requestId) return;
    this.#running = undefined;
    clearTimeout(running.timer);
    const initMs = this.#isUsed ? undefined : this.#initMs;
    this.#isUsed = true;
    const durationMs = performance.now() - running.startedAt;
    // Output that the function wrote before its answer may still lie in the pipe; the next turn has read it.
    setImmediate(() => {
      running.log.end({
        durationMs,
        memorySizeMb: this.#settings.memorySizeMb,
        maxMemoryUsedMb: this.#process.peakMemoryMb(),
        initMs,
        status,
        errorType: status === undefined ? undefined : outcome.errorType,
      });
      this.#output = this.#settings.log;
      running.settle({ ...outcome, logTail: running.log.tail() });
    });
  }
}
