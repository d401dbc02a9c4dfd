import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeStamp, readFunctionCode, removeUnusedCode } from './function-code.ts';
import { FunctionLog } from './function-log.ts';
import { functionArn, type FunctionRecord, type LambdaIdentity } from './function-record.ts';
import {
  assertInteger,
  buildFunctionConfiguration,
  type RequestBody,
  updateFunctionConfiguration,
  withCode,
} from './function-request.ts';
import { FunctionRunner } from './function-runner.ts';
import type { InvocationOutcome } from './execution-environment.ts';
import { JsonStore } from './json-store.ts';
import { LambdaApiError } from './lambda-api-error.ts';
import { buildProcessEnvironment } from './process-environment.ts';

/** How functions are kept and run. */
export interface RegistryOptions {
  readonly identity: LambdaIdentity;
  /** Folder of the functions' records and of unpacked code. */
  readonly stateDir: string;
  /** Folder of the functions' logs. */
  readonly logsDir: string;
  /** Most events of one function that run at once, unless it has reserved concurrency. */
  readonly maxConcurrency: number;
  readonly idleTimeoutMs: number;
  readonly initTimeoutMs: number;
  /** URL of the endpoint; known only once it listens. */
  readonly endpointUrl: () => string;
}

/** A function's processes and log. */
interface Runtime {
  readonly runner: FunctionRunner;
  readonly log: FunctionLog;
  codeStamp: string | undefined;
}

/** The functions of the endpoint: their durable records and the processes that run them. */
export class FunctionRegistry {
  readonly #options: RegistryOptions;
  readonly #records: JsonStore<FunctionRecord>;
  readonly #runtimes = new Map<string, Runtime>();

  private constructor(options: RegistryOptions, records: JsonStore<FunctionRecord>) {
    this.#options = options;
    this.#records = records;
  }

  /** Reads the functions of an earlier run. */
  static async open(options: RegistryOptions): Promise<FunctionRegistry> {
    const records = await JsonStore.open<FunctionRecord>(join(options.stateDir, 'functions'));
    await removeUnusedCode(codeDir(options), new Set(records.values().map((record) => record.code.folder)));
    return new FunctionRegistry(options, records);
  }

  /** Ascending by name. */
  list(): readonly FunctionRecord[] {
    const byName = (record: FunctionRecord) => record.configuration.FunctionName;
    return [...this.#records.values()].sort((a, b) => (byName(a) < byName(b) ? -1 : 1));
  }

  /** The function that a name or an ARN, qualified by `$LATEST` at most, stands for. */
  get(nameOrArn: string): FunctionRecord {
    const [, name = nameOrArn, qualifier = '$LATEST'] =
      /^(?:arn:aws[\w-]*:lambda:[\w-]+:)?(?:\d{12}:function:|function:)?([^:]+)(?::([^:]+))?$/.exec(nameOrArn) ?? [];
    const record = qualifier === '$LATEST' ? this.#records.get(name) : undefined;
    if (record !== undefined) return record;
    const arn = functionArn(this.#options.identity, qualifier === '$LATEST' ? name : `${name}:${qualifier}`);
    throw new LambdaApiError('ResourceNotFoundException', `Function not found: ${arn}`);
  }

  async create(body: RequestBody): Promise<FunctionRecord> {
    const name = String(body.FunctionName);
    const existing = this.#records.get(name);
    if (existing !== undefined) throw alreadyExists(name);
    const code = await readFunctionCode((body.Code ?? {}) as RequestBody, name, codeDir(this.#options));
    const configuration = buildFunctionConfiguration(body, code, this.#options.identity, new Date());
    // Two requests may have read their code at the same time; the first one wins.
    if (this.#records.get(name) !== undefined) throw alreadyExists(name);
    const record = { configuration, code, tags: (body.Tags ?? {}) as Record<string, string> };
    await this.#records.set(name, record);
    return record;
  }

  async updateConfiguration(nameOrArn: string, body: RequestBody): Promise<FunctionRecord> {
    const record = this.get(nameOrArn);
    assertRevision(record, body);
    const configuration = updateFunctionConfiguration(record.configuration, body, new Date());
    return this.#replace({ ...record, configuration });
  }

  async updateCode(nameOrArn: string, body: RequestBody): Promise<FunctionRecord> {
    const { FunctionName } = this.get(nameOrArn).configuration;
    const code = await readFunctionCode(body, FunctionName, codeDir(this.#options));
    const record = this.get(FunctionName);
    assertRevision(record, body);
    return this.#replace({ ...record, code, configuration: withCode(record.configuration, code, new Date()) });
  }

  /** Ends the function's processes, also those at work. */
  async delete(nameOrArn: string): Promise<void> {
    const { FunctionName: name } = this.get(nameOrArn).configuration;
    const deleted = this.#records.delete(name);
    const runtime = this.#runtimes.get(name);
    this.#runtimes.delete(name);
    await runtime?.runner.stop();
    await runtime?.log.close();
    await rm(join(codeDir(this.#options), name), { recursive: true, force: true });
    await deleted;
  }

  /** Undefined takes the reservation away. */
  async setReservedConcurrency(nameOrArn: string, concurrency: unknown): Promise<void> {
    const { reservedConcurrency: _, ...record } = this.get(nameOrArn);
    if (concurrency !== undefined) assertInteger('ReservedConcurrentExecutions', concurrency, 0, 1000);
    const reserved = concurrency === undefined ? {} : { reservedConcurrency: concurrency as number };
    const changed = { ...record, ...reserved };
    const runtime = this.#runtimes.get(record.configuration.FunctionName);
    if (runtime !== undefined) runtime.runner.limits = this.#limitsOf(changed);
    await this.#records.set(record.configuration.FunctionName, changed);
  }

  async setTags(nameOrArn: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const record = this.get(nameOrArn);
    await this.#records.set(record.configuration.FunctionName, { ...record, tags });
  }

  /** Runs one event; undefined when the function is at its concurrency. */
  async invoke(record: FunctionRecord, payload: Buffer, context?: string): Promise<InvocationOutcome | undefined> {
    const runtime = this.#runtimeOf(record);
    const stamp = codeStamp(record.code.folder) ?? runtime.codeStamp;
    if (runtime.codeStamp !== stamp) runtime.runner.retire();
    runtime.codeStamp = stamp;
    const clientContext = context === undefined ? {} : { clientContext: context };
    return runtime.runner.invoke({ requestId: randomUUID(), payload, ...clientContext });
  }

  /** Process ids of all functions. */
  pids(): number[] {
    return [...this.#runtimes.values()].flatMap(({ runner }) => runner.pids());
  }

  /** Kills every process; fulfilled when none is left and the records are on disk. */
  async stop(): Promise<void> {
    const runtimes = [...this.#runtimes.values()];
    await Promise.all(runtimes.map(({ runner }) => runner.stop()));
    await Promise.all(runtimes.map(({ log }) => log.close()));
    await this.#records.settled();
  }

  async #replace(record: FunctionRecord): Promise<FunctionRecord> {
    const { FunctionName: name } = record.configuration;
    const stored = this.#records.set(name, record);
    this.#runtimes.get(name)?.runner.retire();
    await stored;
    return record;
  }

  #runtimeOf(record: FunctionRecord): Runtime {
    const { FunctionName: name } = record.configuration;
    let runtime = this.#runtimes.get(name);
    if (runtime === undefined) {
      const log = new FunctionLog(join(this.#options.logsDir, `${name}.log`));
      const runner = new FunctionRunner(() => this.#environmentSettings(name, log), this.#limitsOf(record));
      runtime = { runner, log, codeStamp: codeStamp(record.code.folder) };
      this.#runtimes.set(name, runtime);
    }
    return runtime;
  }

  #environmentSettings(name: string, log: FunctionLog) {
    const record = this.get(name);
    const { FunctionArn, MemorySize, Timeout } = record.configuration;
    return {
      functionArn: FunctionArn,
      taskRoot: record.code.folder,
      memorySizeMb: MemorySize,
      timeoutMs: Timeout * 1000,
      initTimeoutMs: this.#options.initTimeoutMs,
      log,
      variables: buildProcessEnvironment(record, {
        identity: this.#options.identity,
        endpointUrl: this.#options.endpointUrl(),
        path: process.env.PATH ?? '',
        now: new Date(),
      }),
    };
  }

  #limitsOf(record: FunctionRecord) {
    const { maxConcurrency, idleTimeoutMs } = this.#options;
    return { maxConcurrency: record.reservedConcurrency ?? maxConcurrency, idleTimeoutMs };
  }
}

function codeDir(options: RegistryOptions): string {
  return join(options.stateDir, 'code');
}

function alreadyExists(name: string): LambdaApiError {
  return new LambdaApiError('ResourceConflictException', `Function already exist: ${name}`);
}

function assertRevision(record: FunctionRecord, body: RequestBody): void {
  if (body.RevisionId === undefined || body.RevisionId === record.configuration.RevisionId) return;
  const message = 'The RevisionId provided does not match the latest RevisionId.';
  throw new LambdaApiError('PreconditionFailedException', `${message} Call the GetFunction API to retrieve it.`);
}
