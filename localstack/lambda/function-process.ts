import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readPeakMemoryMb } from './peak-memory.ts';

/** What {@link FunctionProcess} starts. */
export interface FunctionProcessOptions {
  /** Folder of the bundle; becomes the working directory. */
  readonly taskRoot: string;
  readonly memorySizeMb: number;
  /** The whole environment; nothing is inherited. */
  readonly variables: Readonly<Record<string, string>>;
  /** Takes standard output and standard error. */
  readonly onOutput: (bytes: Buffer) => void;
}

const runtimeClient = fileURLToPath(new URL('./runtime-client.mjs', import.meta.url));

/** Time between two looks at the memory of a process: a small event takes less time than a look each would. */
const memoryLookMs = 1000;

/**
 * A Node.js process of this very version that runs the runtime client. It leads a process group of its own, so that
 * Ctrl-C in a terminal reaches the stack alone, which then stops its parts in order, and so that what a function starts
 * ends with it. When the stack is gone, the runtime client ends the process.
 */
export class FunctionProcess {
  /** Fulfilled when the process is gone, with the end of Lambda's sentence "Runtime exited …". */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  #peakMemoryMb: number | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor({ taskRoot, memorySizeMb, variables, onOutput }: FunctionProcessOptions) {
    const child = spawn(process.execPath, [...heapOptions(memorySizeMb), runtimeClient], {
      cwd: taskRoot,
      env: variables,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    child.stdout.on('data', onOutput);
    child.stderr.on('data', onOutput);
    this.#child = child;
    this.exited = once(child, 'exit').then(
      ([code, signal]: unknown[]) => describeExit(code, signal),
      (error: Error) => `with error: ${error.message}`,
    );
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Kills the whole process group; fulfilled when the process is gone. */
  async kill(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) {
      try {
        process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
      } catch (error) {
        // ESRCH: it has just ended. EPERM: the same on macOS, where it is a zombie until its exit was read.
        if (!['ESRCH', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
      }
    }
    await this.exited;
  }

  /** Most memory that it has held, up to a second ago; undefined where the system does not tell. */
  peakMemoryMb(): number | undefined {
    const now = performance.now();
    if (this.pid !== undefined && now - this.#lookedAt > memoryLookMs) {
      this.#lookedAt = now;
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

function describeExit(code: unknown, signal: unknown): string {
  if (typeof signal === 'string') return `with error: signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  return code === 0 ? 'without providing a reason' : `with error: exit status ${code}`;
}
