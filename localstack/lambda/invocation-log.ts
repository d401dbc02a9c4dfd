/** Takes what a function writes. */
export interface LogSink {
  write(bytes: Buffer): void;
}

/** What stands in the REPORT line of an invocation. */
export interface InvocationReport {
  readonly durationMs: number;
  readonly memorySizeMb: number;
  /** Absent where the operating system does not tell. */
  readonly maxMemoryUsedMb: number | undefined;
  /** Only for the first invocation of an environment. */
  readonly initMs: number | undefined;
  readonly status: 'timeout' | 'error' | undefined;
  readonly errorType: string | undefined;
}

/** Length of the log's end that a caller can ask for with `LogType: Tail`; AWS's number. */
const maxTailBytes = 4096;

/** One invocation's part of the log: CloudWatch's START, END and REPORT lines around what the function wrote. */
export class InvocationLog implements LogSink {
  readonly #sink: LogSink;
  readonly #requestId: string;
  #started = false;
  #tail: Buffer[] = [];
  #tailBytes = 0;

  constructor(sink: LogSink, requestId: string) {
    this.#sink = sink;
    this.#requestId = requestId;
  }

  start(): void {
    this.#started = true;
    this.#line(`START RequestId: ${this.#requestId} Version: $LATEST`);
  }

  write(bytes: Buffer): void {
    this.#sink.write(bytes);
    this.#tail.push(bytes);
    this.#tailBytes += bytes.length;
    while (this.#tailBytes - (this.#tail[0]?.length ?? 0) >= maxTailBytes) {
      this.#tailBytes -= this.#tail.shift()?.length ?? 0;
    }
  }

  end(report: InvocationReport): void {
    if (!this.#started) this.start();
    this.#line(`END RequestId: ${this.#requestId}`);
    const columns = [
      `REPORT RequestId: ${this.#requestId}`,
      `Duration: ${report.durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(report.durationMs)} ms`,
      `Memory Size: ${report.memorySizeMb} MB`,
      ...(report.maxMemoryUsedMb === undefined ? [] : [`Max Memory Used: ${report.maxMemoryUsedMb} MB`]),
      ...(report.initMs === undefined ? [] : [`Init Duration: ${report.initMs.toFixed(2)} ms`]),
      ...(report.status === undefined ? [] : [`Status: ${report.status}`]),
      ...(report.errorType === undefined ? [] : [`Error Type: ${report.errorType}`]),
    ];
    this.#line(columns.join('\t'));
  }

  /** At most the last 4 KB of the invocation's lines. */
  tail(): Buffer {
    return Buffer.concat(this.#tail).subarray(-maxTailBytes);
  }

  #line(text: string): void {
    this.write(Buffer.from(`${text}\n`));
  }
}
