import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { endLeftOver, waitUntilGone } from './left-over.ts';
import { isSameProcess, readProcessIdentity } from './process-identity.ts';
import { ProcessKeeper, type Supervision } from './process-keeper.ts';

/** What a {@link ServerProcess} runs. */
export interface ServerCommand {
  /** Its name for people. */
  readonly title: string;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Where the process is written down, so that it is found again after a kill of the stack. */
  readonly pidFile: string;
  /** Answers true once it serves; asked again and again while the process lives. */
  readonly isReady: () => Promise<boolean>;
}

const startDeadlineMs = 120_000;
const stopDeadlineMs = 30_000;
const pollMs = 50;
const maxLogBytes = 16 * 1024 * 1024;

/**
 * A server program in a session of its own, so that Ctrl-C in the terminal does not reach it before
 * its turn. When it ends by itself it is started again, after a longer pause each time.
 */
export class ServerProcess {
  readonly #command: ServerCommand;
  readonly #keeper = new ProcessKeeper({
    untilEnd: (signal) => this.#untilEnd(signal),
    restart: (signal) => this.#restart(signal),
  });
  #child: ChildProcess | undefined;

  private constructor(command: ServerCommand) {
    this.#command = command;
  }

  /**
   * Ends what a killed stack left of it, starts it and waits until it serves.
   *
   * @throws SluiceError `SERVICE_FAILED` with its last words, or the signal's reason
   */
  static async start(command: ServerCommand, signal?: AbortSignal): Promise<ServerProcess> {
    signal?.throwIfAborted();
    await endRecorded(command.pidFile);
    const started = new ServerProcess(command);
    try {
      started.#spawn();
      await started.#untilReady(signal);
    } catch (error) {
      await started.stop();
      throw error;
    }
    started.#keeper.watch();
    return started;
  }

  /** Tells of its deaths and returns. */
  get supervision(): Supervision {
    return this.#keeper;
  }

  /** Process that runs now; none between an end and the next start. */
  pids(): readonly number[] {
    return this.#child?.pid === undefined || this.#hasEnded() ? [] : [this.#child.pid];
  }

  /** Ends it: first asked, after half a minute killed. */
  async stop(): Promise<void> {
    await this.#keeper.stop();
    await this.#end();
    rmSync(this.#command.pidFile, { force: true });
  }

  async #end(): Promise<void> {
    const child = this.#child;
    const identity = child?.pid === undefined ? undefined : readProcessIdentity(child.pid);
    if (child?.pid !== undefined && identity !== undefined) {
      const process = { pid: child.pid, identity };
      child.kill('SIGTERM');
      if (!(await waitUntilGone(process, stopDeadlineMs))) child.kill('SIGKILL');
      await waitUntilGone(process, stopDeadlineMs);
    }
  }

  #spawn(): void {
    const { program, cwd, logFile, pidFile, environment } = this.#command;
    mkdirSync(dirname(logFile), { recursive: true });
    if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(logFile, `${logFile}.1`);
    const log = openSync(logFile, 'a');
    const child = spawn(program, this.#command.arguments, {
      cwd,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...environment },
    });
    closeSync(log);
    // Its end is seen by polling; without a listener a failed start would end this process.
    child.on('error', () => {});
    child.unref();
    this.#child = child;
    if (child.pid === undefined) return;
    const record = { pid: child.pid, identity: readProcessIdentity(child.pid) };
    writeFileSync(pidFile, JSON.stringify(record));
  }

  async #untilReady(signal?: AbortSignal): Promise<void> {
    const { title, isReady, logFile } = this.#command;
    const deadline = performance.now() + startDeadlineMs;
    while (!(await isReady())) {
      signal?.throwIfAborted();
      if (this.#hasEnded()) throw new SluiceError('SERVICE_FAILED', `${title} ended at once. ${lastWords(logFile)}`);
      if (performance.now() > deadline) {
        throw new SluiceError('SERVICE_FAILED', `${title} did not get ready in time. ${lastWords(logFile)}`);
      }
      await delay(pollMs);
    }
  }

  async #untilEnd(signal: AbortSignal): Promise<string> {
    while (!this.#hasEnded() && !signal.aborted) {
      await delay(pollMs, undefined, { signal, ref: false }).catch(() => {});
    }
    const { pid, exitCode, signalCode } = this.#child ?? {};
    return `process ${pid ?? ''} ended with ${signalCode ?? exitCode ?? 'an error'}`;
  }

  async #restart(signal: AbortSignal): Promise<void> {
    try {
      this.#spawn();
      await this.#untilReady(signal);
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  #hasEnded(): boolean {
    const child = this.#child;
    return child === undefined || child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  }
}

async function endRecorded(pidFile: string): Promise<void> {
  let record: { pid: number; identity: string };
  try {
    record = JSON.parse(readFileSync(pidFile, 'utf8'));
  } catch {
    return;
  }
  if (Number.isInteger(record.pid) && isSameProcess(record.pid, record.identity)) await endLeftOver(record);
  rmSync(pidFile, { force: true });
}

function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n');
  const said = lines.filter((line) => /ERROR|FATAL|Exception|Error:/.test(line)).at(-1) ?? lines.at(-1) ?? '';
  return `It said: ${said.trim().slice(0, 300)}. See ${logFile}.`;
}
