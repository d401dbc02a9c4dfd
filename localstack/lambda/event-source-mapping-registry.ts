import { randomUUID } from 'node:crypto';
import { buildMappingChanges, buildMappingFields, consumerGroupOf } from './event-source-mapping-request.ts';
import type { FunctionRecord, LambdaIdentity } from './function-record.ts';
import type { RequestBody } from './function-request.ts';
import { JsonStore } from './json-store.ts';
import { invalidParameter, LambdaApiError } from './lambda-api-error.ts';
import type { EventSourceMapping, MappingProgress } from './lambda-service.ts';
import { mayFollow, stateAfterCreate, stateAfterUpdate } from './mapping-state.ts';

/** Longest timeout of a function that a Kafka mapping may invoke, in seconds; Lambda's limit. */
const maxFunctionTimeoutSeconds = 840;

/** Kept of a mapping: what the API shows, and its tags. */
interface MappingRecord {
  readonly mapping: EventSourceMapping;
  readonly tags: Readonly<Record<string, string>>;
}

/** What {@link EventSourceMappingRegistry.open} needs. */
export interface MappingRegistryOptions {
  readonly dir: string;
  readonly identity: LambdaIdentity;
  /** How long a deleted mapping waits for the driver to end before it is removed anyway. */
  readonly deletionTimeoutMs: number;
}

/**
 * The event source mappings of the endpoint, kept durably. While a driver listens, a mapping passes through `Creating`,
 * `Updating`, `Disabling` or `Deleting` until the driver reports its next state; a mapping in `Deleting` is gone once the
 * driver reports `Disabled`. Without a driver each change takes effect at once.
 */
export class EventSourceMappingRegistry {
  readonly #options: MappingRegistryOptions;
  readonly #records: JsonStore<MappingRecord>;
  readonly #listeners = new Set<() => void>();
  readonly #deletions = new Map<string, NodeJS.Timeout>();

  private constructor(options: MappingRegistryOptions, records: JsonStore<MappingRecord>) {
    this.#options = options;
    this.#records = records;
  }

  /** Reads the mappings of an earlier run; what that run could not finish stopping is stopped now. */
  static async open(options: MappingRegistryOptions): Promise<EventSourceMappingRegistry> {
    const records = await JsonStore.open<MappingRecord>(options.dir);
    for (const record of records.values()) {
      const { UUID, State } = record.mapping;
      if (State === 'Deleting') await records.delete(UUID);
      if (State === 'Disabling') await records.set(UUID, withState(record, 'Disabled'));
    }
    return new EventSourceMappingRegistry(options, records);
  }

  /** In no particular order. */
  list(): readonly EventSourceMapping[] {
    return this.#records.values().map((record) => record.mapping);
  }

  get(uuid: string): EventSourceMapping {
    return this.#get(uuid).mapping;
  }

  async create(body: RequestBody, target: FunctionRecord): Promise<EventSourceMapping> {
    const fields = buildMappingFields(body);
    assertInvocable(target);
    const UUID = randomUUID();
    this.#assertGroupIsFree(consumerGroupOf(fields));
    const { region, accountId } = this.#options.identity;
    const mapping = {
      ...withConsumerGroup(fields, UUID),
      UUID,
      EventSourceMappingArn: `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${UUID}`,
      FunctionArn: target.configuration.FunctionArn,
      State: stateAfterCreate(body.Enabled, this.#hasDriver),
      StateTransitionReason: 'USER_INITIATED',
      LastProcessingResult: 'No records processed',
      LastModified: now(),
    } as unknown as EventSourceMapping;
    await this.#store({ mapping, tags: (body.Tags ?? {}) as Record<string, string> });
    return mapping;
  }

  /** Changes fields, the function (when `target` is given) and whether it is enabled. */
  async update(uuid: string, body: RequestBody, target?: FunctionRecord): Promise<EventSourceMapping> {
    const { mapping, tags } = this.#get(uuid);
    if (mapping.State === 'Deleting') {
      const message = 'Cannot update the event source mapping because it is being deleted.';
      throw new LambdaApiError('ResourceConflictException', message);
    }
    const changes = buildMappingChanges(body, mapping);
    if (target !== undefined) assertInvocable(target);
    const updated = {
      ...mapping,
      ...changes,
      ...(target === undefined ? {} : { FunctionArn: target.configuration.FunctionArn }),
      State: stateAfterUpdate(mapping.State, body.Enabled, this.#hasDriver),
      StateTransitionReason: 'USER_INITIATED',
      LastModified: now(),
    };
    await this.#store({ mapping: updated, tags });
    return updated;
  }

  async delete(uuid: string): Promise<EventSourceMapping> {
    const record = withState(this.#get(uuid), 'Deleting');
    if (!this.#hasDriver) {
      await this.#remove(uuid);
    } else {
      await this.#store(record);
      const timer = setTimeout(() => void this.#remove(uuid), this.#options.deletionTimeoutMs).unref();
      this.#deletions.set(uuid, timer);
    }
    return record.mapping;
  }

  tags(uuid: string): Readonly<Record<string, string>> {
    return this.#get(uuid).tags;
  }

  async setTags(uuid: string, tags: Readonly<Record<string, string>>): Promise<void> {
    await this.#records.set(uuid, { ...this.#get(uuid), tags });
  }

  /** Calls back after mappings were created, changed or deleted. Returns a function that ends it. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Takes what the driver tells. A state that does not follow from the present one, because the mapping was changed
   * meanwhile, is passed over, and so is a mapping that is gone. A result alone is not written to disk.
   */
  async reportProgress(uuid: string, progress: MappingProgress): Promise<void> {
    const record = this.#records.get(uuid);
    if (record === undefined) return;
    const { State } = record.mapping;
    if (State === 'Deleting') {
      if (progress.state === 'Disabled') await this.#remove(uuid);
      return;
    }
    const { state = State, stateTransitionReason: reason, lastProcessingResult: result } = progress;
    const isNew = state !== State && mayFollow(State, state, reason !== undefined);
    const mapping = {
      ...record.mapping,
      ...(isNew ? { State: state, StateTransitionReason: reason ?? record.mapping.StateTransitionReason } : {}),
      ...(result === undefined ? {} : { LastProcessingResult: result }),
    };
    if (isNew) await this.#records.set(uuid, { ...record, mapping });
    else this.#records.setVolatile(uuid, { ...record, mapping });
  }

  /** Fulfilled when everything is on disk. */
  async stop(): Promise<void> {
    for (const timer of this.#deletions.values()) clearTimeout(timer);
    this.#listeners.clear();
    await this.#records.settled();
  }

  get #hasDriver(): boolean {
    return this.#listeners.size > 0;
  }

  #get(uuid: string): MappingRecord {
    const record = this.#records.get(uuid);
    if (record !== undefined) return record;
    throw new LambdaApiError('ResourceNotFoundException', 'The resource you requested does not exist.');
  }

  async #store(record: MappingRecord): Promise<void> {
    await this.#records.set(record.mapping.UUID, record);
    this.#notify();
  }

  async #remove(uuid: string): Promise<void> {
    clearTimeout(this.#deletions.get(uuid));
    this.#deletions.delete(uuid);
    await this.#records.delete(uuid);
    this.#notify();
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #assertGroupIsFree(group: string | undefined): void {
    const holder = this.list().find((mapping) => group !== undefined && consumerGroupOf({ ...mapping }) === group);
    if (holder === undefined) return;
    throw invalidParameter(`The consumer group id ${group} is used by the event source mapping ${holder.UUID}.`);
  }
}

/** Lambda names the group after the mapping unless the request names one, and shows it. */
function withConsumerGroup(fields: Readonly<Record<string, unknown>>, uuid: string) {
  const isManaged = fields.EventSourceArn !== undefined;
  const name = isManaged ? 'AmazonManagedKafkaEventSourceConfig' : 'SelfManagedKafkaEventSourceConfig';
  const config = { ConsumerGroupId: uuid, ...(fields[name] as object | undefined) };
  return { ...fields, [name]: config };
}

function withState(record: MappingRecord, State: EventSourceMapping['State']): MappingRecord {
  return { ...record, mapping: { ...record.mapping, State, LastModified: now() } };
}

function assertInvocable({ configuration }: FunctionRecord): void {
  if (configuration.Timeout <= maxFunctionTimeoutSeconds) return;
  throw invalidParameter(`A function of a Kafka mapping may run ${maxFunctionTimeoutSeconds} seconds at most.`);
}

function now(): number {
  return Date.now() / 1000;
}
