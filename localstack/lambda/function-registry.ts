import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readFunctionCode, removeUnusedCode } from './function-code.ts';
import {
  type FunctionAlias,
  type FunctionConfiguration,
  type FunctionRecord,
  functionArn,
  type LambdaIdentity,
} from './function-record.ts';
import {
  assertInteger,
  buildFunctionConfiguration,
  type RequestBody,
  updateFunctionConfiguration,
  withCode,
} from './function-request.ts';
import type { FunctionRuntimes } from './function-runtimes.ts';
import {
  assertRevision,
  findAlias,
  findQualified,
  publishVersion,
  withChangedAlias,
  withNewAlias,
  withoutVersion,
} from './function-version.ts';
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
    const inUse = records.values().flatMap(({ code, versions = [] }) => [code, ...versions.map((one) => one.code)]);
    await removeUnusedCode(registry.#codeDir, new Set(inUse.map(({ folder }) => folder)));
    return registry;
  }

  /** Ascending by name. */
  list(): readonly FunctionRecord[] {
    const nameOf = (record: FunctionRecord) => record.configuration.FunctionName;
    return [...this.#records.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /** The function that a name or an ARN stands for, as its qualifier means it if it has one. */
  get(nameOrArn: string): FunctionRecord {
    const [, name = nameOrArn, qualifier] =
      /^(?:arn:aws[\w-]*:lambda:[\w-]+:)?(?:\d{12}:function:|function:)?([^:]+)(?::([^:]+))?$/.exec(nameOrArn) ?? [];
    const record = this.#records.get(name);
    const found = record && findQualified(record, qualifier);
    if (found !== undefined) return found;
    const isLatest = qualifier === undefined || qualifier === '$LATEST';
    const arn = functionArn(this.#identity, isLatest ? name : `${name}:${qualifier}`);
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
    const published = body.Publish === true ? publishVersion(record, {}) : undefined;
    await this.#records.set(name, published?.record ?? record);
    return published ? { ...published.record, configuration: published.version.configuration } : record;
  }

  /** Publishes the function as it is now; answers the version's configuration. */
  async publish(nameOrArn: string, body: RequestBody): Promise<FunctionConfiguration> {
    const { record, version } = publishVersion(this.#latest(nameOrArn), body);
    await this.#records.set(record.configuration.FunctionName, record);
    return version.configuration;
  }

  /** Configurations of `$LATEST` and of every version. */
  versions(nameOrArn: string): readonly FunctionConfiguration[] {
    const { configuration, versions = [] } = this.#latest(nameOrArn);
    return [configuration, ...versions.map((version) => version.configuration)];
  }

  aliases(nameOrArn: string): readonly FunctionAlias[] {
    return Object.values(this.#latest(nameOrArn).aliases ?? {});
  }

  alias(nameOrArn: string, alias: string): FunctionAlias {
    return findAlias(this.#latest(nameOrArn), alias);
  }

  async createAlias(nameOrArn: string, body: RequestBody): Promise<FunctionAlias> {
    const record = withNewAlias(this.#latest(nameOrArn), body);
    await this.#records.set(record.configuration.FunctionName, record);
    return findAlias(record, String(body.Name));
  }

  /** Processes of the version that the alias led to end after their event. */
  async updateAlias(nameOrArn: string, alias: string, body: RequestBody): Promise<FunctionAlias> {
    const before = this.#latest(nameOrArn);
    const record = withChangedAlias(before, alias, body);
    await this.#records.set(record.configuration.FunctionName, record);
    const left = findAlias(before, alias).FunctionVersion;
    if (left !== findAlias(record, alias).FunctionVersion)
      this.#runtimes.retire(before.configuration.FunctionName, left);
    return findAlias(record, alias);
  }

  /** That there is none is no error, as on Lambda. */
  async deleteAlias(nameOrArn: string, alias: string): Promise<void> {
    const record = this.#latest(nameOrArn);
    const { [alias]: _, ...aliases } = record.aliases ?? {};
    await this.#records.set(record.configuration.FunctionName, { ...record, aliases });
  }

  #latest(nameOrArn: string): FunctionRecord {
    const { FunctionName } = this.get(nameOrArn).configuration;
    return this.#records.get(FunctionName)!;
  }

  async updateConfiguration(nameOrArn: string, body: RequestBody): Promise<FunctionRecord> {
    const record = this.#latest(nameOrArn);
    assertRevision(record.configuration.RevisionId, body.RevisionId);
    const configuration = updateFunctionConfiguration(record.configuration, body, new Date());
    return this.#replace({ ...record, configuration });
  }

  async updateCode(nameOrArn: string, body: RequestBody): Promise<FunctionRecord> {
    const { FunctionName } = this.get(nameOrArn).configuration;
    const code = await readFunctionCode(body, FunctionName, this.#codeDir);
    const record = this.#latest(FunctionName);
    assertRevision(record.configuration.RevisionId, body.RevisionId);
    return this.#replace({ ...record, code, configuration: withCode(record.configuration, code, new Date()) });
  }

  /** Deletes the function, or the one version that is named. Ends the processes, also those at work. */
  async delete(nameOrArn: string): Promise<void> {
    const { FunctionName: name, FunctionArn, Version } = this.get(nameOrArn).configuration;
    if (FunctionArn.endsWith(`:${Version}`)) {
      await this.#records.set(name, withoutVersion(this.#latest(name), Version));
      await this.#runtimes.remove(name, Version);
      return;
    }
    const deleted = this.#records.delete(name);
    await this.#runtimes.remove(name);
    await rm(join(this.#codeDir, name), { recursive: true, force: true });
    await deleted;
  }

  /** Undefined takes the reservation away. */
  async setReservedConcurrency(nameOrArn: string, concurrency: unknown): Promise<void> {
    const { reservedConcurrency: _, ...record } = this.#latest(nameOrArn);
    if (concurrency !== undefined) assertInteger('ReservedConcurrentExecutions', concurrency, 0, 1000);
    const reserved = concurrency === undefined ? {} : { reservedConcurrency: concurrency as number };
    const changed = { ...record, ...reserved };
    this.#runtimes.limit(changed);
    await this.#records.set(record.configuration.FunctionName, changed);
  }

  async setTags(nameOrArn: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const record = this.#latest(nameOrArn);
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
