import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readFunctionCode, removeUnusedCode } from './function-code.ts';
import { type FunctionRecord, functionArn, type LambdaIdentity } from './function-record.ts';
import {
  assertInteger,
  buildFunctionConfiguration,
  type RequestBody,
  updateFunctionConfiguration,
  withCode,
} from './function-request.ts';
import type { FunctionRuntimes } from './function-runtimes.ts';
import { JsonStore } from './json-store.ts';
import { LambdaApiError } from './lambda-api-error.ts';

/** What {@link FunctionRegistry.open} needs. */
export interface RegistryOptions {
  readonly identity: LambdaIdentity;
  /** Folder of the functions' records and of unpacked code. */
  readonly stateDir: string;
  /** What runs the functions; told of every change. */
  readonly runtimes: FunctionRuntimes;
}

/** The functions of the endpoint, kept durably. Its methods throw the API's errors. */
export class FunctionRegistry {
  readonly #identity: LambdaIdentity;
  readonly #runtimes: FunctionRuntimes;
  readonly #codeDir: string;
  readonly #records: JsonStore<FunctionRecord>;

  private constructor({ identity, runtimes, stateDir }: RegistryOptions, records: JsonStore<FunctionRecord>) {
    this.#identity = identity;
    this.#runtimes = runtimes;
    this.#codeDir = join(stateDir, 'code');
    this.#records = records;
  }

  /** Reads the functions of an earlier run. */
  static async open(options: RegistryOptions): Promise<FunctionRegistry> {
    const records = await JsonStore.open<FunctionRecord>(join(options.stateDir, 'functions'));
    const registry = new FunctionRegistry(options, records);
    await removeUnusedCode(registry.#codeDir, new Set(records.values().map((record) => record.code.folder)));
    return registry;
  }

  /** Ascending by name. */
  list(): readonly FunctionRecord[] {
    const nameOf = (record: FunctionRecord) => record.configuration.FunctionName;
    return [...this.#records.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /** The function that a name or an ARN, qualified by `$LATEST` at most, stands for. */
  get(nameOrArn: string): FunctionRecord {
    const [, name = nameOrArn, qualifier = '$LATEST'] =
      /^(?:arn:aws[\w-]*:lambda:[\w-]+:)?(?:\d{12}:function:|function:)?([^:]+)(?::([^:]+))?$/.exec(nameOrArn) ?? [];
    const record = qualifier === '$LATEST' ? this.#records.get(name) : undefined;
    if (record !== undefined) return record;
    const arn = functionArn(this.#identity, qualifier === '$LATEST' ? name : `${name}:${qualifier}`);
    throw new LambdaApiError('ResourceNotFoundException', `Function not found: ${arn}`);
  }

  async create(body: RequestBody): Promise<FunctionRecord> {
    const name = String(body.FunctionName);
    this.#assertAbsent(name);
    const code = await readFunctionCode((body.Code ?? {}) as RequestBody, name, this.#codeDir);
    const configuration = buildFunctionConfiguration(body, code, this.#identity, new Date());
    // Two requests may have read their code at the same time; the first one wins.
    this.#assertAbsent(name);
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
    const code = await readFunctionCode(body, FunctionName, this.#codeDir);
    const record = this.get(FunctionName);
    assertRevision(record, body);
    return this.#replace({ ...record, code, configuration: withCode(record.configuration, code, new Date()) });
  }

  /** Ends the function's processes, also those at work. */
  async delete(nameOrArn: string): Promise<void> {
    const { FunctionName: name } = this.get(nameOrArn).configuration;
    const deleted = this.#records.delete(name);
    await this.#runtimes.remove(name);
    await rm(join(this.#codeDir, name), { recursive: true, force: true });
    await deleted;
  }

  /** Undefined takes the reservation away. */
  async setReservedConcurrency(nameOrArn: string, concurrency: unknown): Promise<void> {
    const { reservedConcurrency: _, ...record } = this.get(nameOrArn);
    if (concurrency !== undefined) assertInteger('ReservedConcurrentExecutions', concurrency, 0, 1000);
    const reserved = concurrency === undefined ? {} : { reservedConcurrency: concurrency as number };
    const changed = { ...record, ...reserved };
    this.#runtimes.limit(changed);
    await this.#records.set(record.configuration.FunctionName, changed);
  }

  async setTags(nameOrArn: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const record = this.get(nameOrArn);
    await this.#records.set(record.configuration.FunctionName, { ...record, tags });
  }

  /** Fulfilled when every change is on disk. */
  async settled(): Promise<void> {
    await this.#records.settled();
  }

  async #replace(record: FunctionRecord): Promise<FunctionRecord> {
    const stored = this.#records.set(record.configuration.FunctionName, record);
    this.#runtimes.replace(record);
    await stored;
    return record;
  }

  #assertAbsent(name: string): void {
    if (this.#records.get(name) === undefined) return;
    throw new LambdaApiError('ResourceConflictException', `Function already exist: ${name}`);
  }
}

function assertRevision(record: FunctionRecord, body: RequestBody): void {
  if (body.RevisionId === undefined || body.RevisionId === record.configuration.RevisionId) return;
  const message = 'The RevisionId provided does not match the latest RevisionId.';
  throw new LambdaApiError('PreconditionFailedException', `${message} Call the GetFunction API to retrieve it.`);
}
