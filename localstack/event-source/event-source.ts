import { randomUUID } from 'node:crypto';
import type { Log } from '../../shared/observability/log.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import type { RunningService } from '../services/service.ts';
import { type Clock, systemClock, wait } from './clock.ts';
import type { MappingStatus } from './event-source-status.ts';
import { type FollowerEnvironment, MappingFollower } from './mapping-follower.ts';
import type { FindDestination } from './on-failure-destination.ts';
import type { ClusterIdentity, FollowedMapping } from './poller-settings.ts';
import type { RecordSource } from './record-source.ts';

/** What {@link startEventSource} needs. */
export interface EventSourceOptions {
  readonly lambda: LambdaService;
  readonly source: RecordSource;
  readonly cluster: ClusterIdentity;
  readonly log: Log;
  /** On-failure destinations; without it a mapping that has one is refused. */
  readonly findDestination?: FindDestination;
  /** How long records are gathered for a mapping whose window is 0; 0 unless given: they are sent at once. */
  readonly batchWaitMs?: number;
  /** Lists the mappings this often as well, for a Lambda service that does not tell of every change. */
  readonly relistIntervalMs?: number;
  /** How long batches in flight may go on when a mapping or the service stops; 20 s unless given. */
  readonly stopGraceMs?: number;
  readonly clock?: Clock;
  /** From 0 up to but without 1. */
  readonly random?: () => number;
  readonly newRequestId?: () => string;
}

/** The running driver. */
export interface RunningEventSource extends RunningService {
  /** How each mapping stands, in the order of their topics. */
  status(): Promise<readonly MappingStatus[]>;
}

const listRetryMs = 1_000;

/**
 * Starts the event source driver: it follows the mappings of the Lambda service and moves the records of each enabled
 * one from the source to its function, as Lambda's event source mappings do. Fulfilled when the mappings were listed for
 * the first time.
 *
 * `stop` sends nothing more, waits for the batches in flight (at most `stopGraceMs`), commits what succeeded and closes
 * the subscriptions. The mappings keep their states, and the next start goes on at the committed offsets.
 */
export async function startEventSource(options: EventSourceOptions): Promise<RunningEventSource> {
  const driver = new EventSource(options);
  await driver.start();
  return driver;
}

class EventSource implements RunningEventSource {
  readonly #options: EventSourceOptions;
  readonly #environment: FollowerEnvironment;
  readonly #followers = new Map<string, MappingFollower>();
  readonly #ended = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #unsubscribe: (() => void) | undefined;
  #listing: Promise<void> | undefined;
  #isListingWanted = false;
  #relisting: Promise<void> | undefined;

  constructor(options: EventSourceOptions) {
    this.#options = options;
    this.#environment = {
      ...options,
      batchWaitMs: options.batchWaitMs ?? 0,
      findDestination: options.findDestination ?? (() => undefined),
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      newRequestId: options.newRequestId ?? randomUUID,
      stopGraceMs: options.stopGraceMs ?? 20_000,
    };
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#options.lambda.onMappingsChanged(() => this.#list());
    await this.#list();
    if (this.#options.relistIntervalMs !== undefined) this.#relisting = this.#relist(this.#options.relistIntervalMs);
  }

  async status(): Promise<readonly MappingStatus[]> {
    const all = await Promise.all([...this.#followers.values()].map((follower) => follower.status()));
    return all.sort((a, b) => (a.topic < b.topic ? -1 : 1));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#unsubscribe?.();
    await Promise.all([this.#listing, this.#relisting]);
    const ending = [...this.#followers.values()].map((follower) => follower.end());
    await Promise.all([...ending, ...this.#ended]);
  }

  /** Lists now, or once more after the listing under way. */
  #list(): Promise<void> {
    this.#isListingWanted = true;
    this.#listing ??= this.#listUntilCurrent();
    return this.#listing;
  }

  async #listUntilCurrent(): Promise<void> {
    const { lambda, log } = this.#options;
    while (this.#isListingWanted && !this.#stopping.signal.aborted) {
      this.#isListingWanted = false;
      try {
        this.#follow(await lambda.listEventSourceMappings());
      } catch (error) {
        log.error('The event source mappings could not be listed; this is tried again.', error);
        this.#isListingWanted = true;
        await wait(this.#environment.clock, listRetryMs, this.#stopping.signal);
      }
    }
    this.#listing = undefined;
  }

  async #relist(intervalMs: number): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await wait(this.#environment.clock, intervalMs, signal);
      if (signal.aborted) return;
      await this.#list();
    }
  }

  #follow(mappings: readonly FollowedMapping[]): void {
    if (this.#stopping.signal.aborted) return;
    const listed = new Set(mappings.map((mapping) => mapping.UUID));
    for (const [uuid, follower] of this.#followers) {
      if (listed.has(uuid)) continue;
      this.#followers.delete(uuid);
      const ended = follower.end().finally(() => this.#ended.delete(ended));
      this.#ended.add(ended);
    }
    for (const mapping of mappings) {
      const follower = this.#followers.get(mapping.UUID);
      if (follower === undefined) this.#followers.set(mapping.UUID, new MappingFollower(mapping, this.#environment));
      else follower.follow(mapping);
    }
  }
}
