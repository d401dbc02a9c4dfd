import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { maxPayloadBytes } from '../../shared/kafka/payload-limit.ts';
import { InvocationLog, type LogSink } from './invocation-log.ts';
import { readPeakMemoryMb } from './peak-memory.ts';
import { RuntimeApi, type RuntimeInvocation } from './runtime-api.ts';

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

/** What became of an event. */
export interface InvocationOutcome {
  /** The answer, or the error object `{errorType, errorMessage, trace?}`. */
  readonly payload: Buffer;
  /** Type of the error; absent when the handler answered. */
  readonly errorType?: string;
  /** The last 4 KB that were logged meanwhile. */
  readonly logTail: Buffer;
}

interface RunningInvocation {
  readonly request: InvocationRequest;
  readonly log: InvocationLog;
  readonly settle: (outcome: InvocationOutcome | undefined) => void;
  startedAt: number;
  isDelivered: boolean;
  timer: NodeJS.Timeout | undefined;
}

const runtimeClient = fileURLToPath(new URL('./runtime-client.mjs', import.meta.url));

/**
 * A child process that runs one function, one event at a time. It is usable until {@link isAlive} is false: a timeout,
 * a crash or a failed initialisation ends it. It lives in a process group of its own, so that Ctrl-C in a terminal
 * reaches the stack alone, which then stops its parts in order; and it ends itself when the stack is gone.
 */
export class ExecutionEnvironment {
  readonly #settings: EnvironmentSettings;
  readonly #startedAt = performance.now();
  #api: RuntimeApi | undefined;
  #child: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #running: RunningInvocation | undefined;
  /** Where output goes: the log of the invocation until its REPORT line, else the function's. */
  #output: LogSink;
  #initFailure: { readonly errorType: string; readonly payload: Buffer } | undefined;
  #initMs: number | undefined;
  #initReported = false;
  #peakMemoryMb: number | undefined;
  #peakMemoryReadAt = Number.NEGATIVE_INFINITY;
  #alive = true;

  private constructor(settings: EnvironmentSettings) {
    this.#settings = settings;
    this.#output = settings.log;
  }

  /** Starts the process; it initialises while the first event waits. */
  static async start(settings: EnvironmentSettings): Promise<ExecutionEnvironment> {
    const environment = new ExecutionEnvironment(settings);
    await environment.#start();
    return environment;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
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
      if (!this.#alive) this.#failByExit('');
      else if (this.#api?.isWaiting) this.#deliver();
      else this.#armTimeout(Math.max(this.#settings.initTimeoutMs, this.#settings.timeoutMs));
    });
  }

  /** Kills the process and everything it started; fulfilled when it is gone. */
  async kill(): Promise<void> {
    this.#alive = false;
    const { pid } = this;
    if (pid !== undefined && this.#child?.exitCode === null && this.#child.signalCode === null) {
      try {
        process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    await this.#exited;
  }

  async #start(): Promise<void> {
    this.#api = await RuntimeApi.start({
      onNext: () => this.#onNext(),
      onResponse: (requestId, payload) => this.#onResponse(requestId, payload),
      onError: (requestId, errorType, payload) => this.#settle(requestId, { errorType, payload }),
      onInitError: (errorType, payload) => {
        this.#initFailure = { errorType, payload };
      },
    });
    const child = spawn(process.execPath, [...heapOptions(this.#settings.memorySizeMb), runtimeClient], {
      cwd: this.#settings.taskRoot,
      env: { ...this.#settings.variables, AWS_LAMBDA_RUNTIME_API: this.#api.address },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    const write = (bytes: Buffer) => this.#output.write(bytes);
    child.stdout.on('data', write);
    child.stderr.on('data', write);
    this.#exited = once(child, 'exit').then(
      ([code, signal]: unknown[]) => this.#onExit(describeExit(code, signal)),
      (error: Error) => this.#onExit(`with error: ${error.message}`),
    );
  }

  #onNext(): void {
    this.#initMs ??= performance.now() - this.#startedAt;
    if (this.#running !== undefined && this.#api?.isWaiting) this.#deliver();
  }

  #deliver(): void {
    const running = this.#running as RunningInvocation;
    const { timeoutMs, functionArn } = this.#settings;
    running.startedAt = performance.now();
    running.isDelivered = true;
    running.log.start();
    this.#armTimeout(timeoutMs);
    const invocation: RuntimeInvocation = { ...running.request, functionArn, deadlineMs: Date.now() + timeoutMs };
    this.#api?.deliver(invocation);
  }

  #armTimeout(timeoutMs: number): void {
    const running = this.#running as RunningInvocation;
    clearTimeout(running.timer);
    running.timer = setTimeout(() => {
      const seconds = (timeoutMs / 1000).toFixed(2);
      const errorType = 'Sandbox.Timedout';
      const errorMessage = `RequestId: ${running.request.requestId} Error: Task timed out after ${seconds} seconds`;
      this.#alive = false;
      this.#settle(
        running.request.requestId,
        { errorType, payload: toPayload({ errorType, errorMessage }) },
        'timeout',
      );
      void this.kill();
    }, timeoutMs);
  }

  #onResponse(requestId: string, payload: Buffer | undefined): void {
    if (payload !== undefined) {
      this.#settle(requestId, { payload });
      return;
    }
    const errorType = 'Function.ResponseSizeTooLarge';
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${maxPayloadBytes} bytes).`;
    this.#settle(requestId, { errorType, payload: toPayload({ errorType, errorMessage }) });
  }

  async #onExit(reason: string): Promise<void> {
    this.#alive = false;
    this.#failByExit(reason);
    await this.#api?.close();
  }

  #failByExit(reason: string): void {
    if (this.#initReported && this.#running?.isDelivered === false) {
      clearTimeout(this.#running.timer);
      this.#running.settle(undefined);
      this.#running = undefined;
      return;
    }
    const requestId = this.#running?.request.requestId ?? '';
    const errorType = 'Runtime.ExitError';
    const errorMessage = `RequestId: ${requestId} Error: Runtime exited ${reason}`;
    const failure = this.#initFailure ?? { errorType, payload: toPayload({ errorType, errorMessage }) };
    this.#settle(requestId, failure, 'error');
  }

  /** A late answer, of an event that timed out, finds no invocation and is dropped. */
  #settle(requestId: string, outcome: Omit<InvocationOutcome, 'logTail'>, status?: 'timeout' | 'error'): void {
    const running = this.#running;
    if (running === undefined || running.request.requestId !== requestId) return;
    this.#running = undefined;
    clearTimeout(running.timer);
    const initMs = this.#initReported ? undefined : this.#initMs;
    this.#initReported = true;
    // Output that the function wrote before its answer may still lie in the pipe; the next turn has read it.
    setImmediate(() => {
      running.log.end({
        durationMs: performance.now() - running.startedAt,
        memorySizeMb: this.#settings.memorySizeMb,
        maxMemoryUsedMb: this.#readPeakMemory(),
        initMs,
        status,
        errorType: status === undefined ? undefined : outcome.errorType,
      });
      this.#output = this.#settings.log;
      running.settle({ ...outcome, logTail: running.log.tail() });
    });
  }

  /** Looked up once a second at most: a small event takes less time than many look-ups would. */
  #readPeakMemory(): number | undefined {
    const now = performance.now();
    if (this.pid !== undefined && now - this.#peakMemoryReadAt > 1000) {
      this.#peakMemoryReadAt = now;
      this.#peakMemoryMb = readPeakMemoryMb(this.pid) ?? this.#peakMemoryMb;
    }
    return this.#peakMemoryMb;
  }
}

/** As Lambda's start script has it: V8's old generation gets 90 % of the function's memory, a half of the young one 5 %. */
function heapOptions(memorySizeMb: number): string[] {
  const share = (percent: number) => Math.floor((memorySizeMb * percent) / 100);
  return [`--max-old-space-size=${share(90)}`, `--max-semi-space-size=${share(5)}`];
}

function toPayload(error: { readonly errorType: string; readonly errorMessage: string }): Buffer {
  return Buffer.from(JSON.stringify(error));
}

function describeExit(code: unknown, signal: unknown): string {
  if (typeof signal === 'string') return `with error: signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  return code === 0 ? 'without providing a reason' : `with error: exit status ${code}`;
}
