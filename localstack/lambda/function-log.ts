import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bounds of a {@link FunctionLog}. */
export interface FunctionLogLimits {
  /** Size at which the file becomes `<path>.1`, replacing the one before. */
  readonly maxBytes: number;
  /** Bytes kept in memory while the disk is slower than the function; more are dropped and counted. */
  readonly maxPendingBytes: number;
}

export const defaultFunctionLogLimits: FunctionLogLimits = { maxBytes: 16 << 20, maxPendingBytes: 1 << 20 };

/** How long lines are gathered before one write; a busy function would else cost a system call a line. */
const flushDelayMs = 100;

/** A function's log file. Writing never waits and never fails the function; the file's size is bounded. */
export class FunctionLog {
  readonly path: string;
  readonly #limits: FunctionLogLimits;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #droppedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #file: FileHandle | undefined;
  #fileBytes = 0;

  constructor(path: string, limits: FunctionLogLimits = defaultFunctionLogLimits) {
    this.path = path;
    this.#limits = limits;
  }

  /** Takes bytes as the function wrote them. */
  write(bytes: Buffer): void {
    if (this.#pendingBytes + bytes.length > this.#limits.maxPendingBytes) {
      this.#droppedBytes += bytes.length;
      return;
    }
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#timer ??= setTimeout(() => void this.#flush(), flushDelayMs).unref();
  }

  /** Fulfilled when everything taken is in the file and the file is closed. */
  async close(): Promise<void> {
    await this.#flush();
    await this.#file?.close();
    this.#file = undefined;
  }

  /** One write at a time; lines that come meanwhile wait for the next one. */
  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing
      .then(() => this.#writePending())
      .catch((error: unknown) => void process.stderr.write(`${this.path} cannot be written: ${String(error)}\n`));
    return this.#flushing;
  }

  async #writePending(): Promise<void> {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.concat(this.#pending);
    const dropped = this.#droppedBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#droppedBytes = 0;
    const file = await this.#fileFor(bytes.length);
    await file.appendFile(bytes);
    if (dropped > 0) await file.appendFile(`${dropped} bytes of output were dropped: the disk was too slow.\n`);
    this.#fileBytes += bytes.length;
  }

  async #fileFor(bytes: number): Promise<FileHandle> {
    this.#file ??= await this.#open();
    if (this.#fileBytes > 0 && this.#fileBytes + bytes > this.#limits.maxBytes) {
      await this.#file.close();
      this.#file = undefined;
      await rename(this.path, `${this.path}.1`);
      this.#file = await this.#open();
    }
    return this.#file;
  }

  async #open(): Promise<FileHandle> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, 'a');
    this.#fileBytes = (await file.stat()).size;
    return file;
  }
}
