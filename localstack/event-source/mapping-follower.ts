import type { Log } from '../../shared/observability/log.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import { type Clock, wait } from './clock.ts';
import { type MappingStatus, noCounts } from './event-source-status.ts';
import type { FindDestination } from './on-failure-destination.ts';
import { Poller } from './poller.ts';
import {
  type ClusterIdentity,
  type FollowedMapping,
  type PollerSettings,
  toPollerSettings,
} from './poller-settings.ts';
import { ProgressReport } from './progress-report.ts';
import type { RecordSource, RecordSubscription } from './record-source.ts';
import { brokerDelayMs } from './retry-policy.ts';
import { findUnservedFeature } from './unserved-feature.ts';

/** What a {@link MappingFollower} works with. */
export interface FollowerEnvironment {
  readonly lambda: LambdaService;
  readonly source: RecordSource;
  readonly cluster: ClusterIdentity;
  /** How long records are gathered for a mapping whose window is 0; 0: they are sent at once. */
  readonly batchWaitMs: number;
  readonly findDestination: FindDestination;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newRequestId: () => string;
  readonly log: Log;
  /** How long batches in flight may go on when polling ends. */
  readonly stopGraceMs: number;
}

/** A mapping counts as enabled after this long, also when its topic does not exist yet. */
const openPatienceMs = 1_000;

/**
 * Does what one mapping asks for: polls while it is enabled, stops when it is disabled or deleted, takes new settings
 * over, and reports each state once it is reached. Changes are followed one after the other, the newest wins.
 */
export class MappingFollower {
  readonly #uuid: string;
  readonly #environment: FollowerEnvironment;
  readonly #report: ProgressReport;
  #mapping: FollowedMapping;
  #isEnding = false;
  #poller: Poller | undefined;
  #polled: PollerSettings | undefined;
  #opening: AbortController | undefined;
  #running: Promise<void> | undefined;

  constructor(mapping: FollowedMapping, environment: FollowerEnvironment) {
    this.#uuid = mapping.UUID;
    this.#mapping = mapping;
    this.#environment = {
      ...environment,
      log: environment.log.with({ mapping: mapping.UUID, topic: mapping.Topics[0] }),
    };
    this.#report = new ProgressReport(mapping.UUID, toProgress(mapping), environment);
    this.#running = this.#run();
  }

  /** Takes the mapping as it is now. */
  follow(mapping: FollowedMapping): void {
    if (isSame(mapping, this.#mapping)) return;
    this.#mapping = mapping;
    this.#report.learn({ state: mapping.State });
    if (!isPolled(mapping)) this.#opening?.abort();
    this.#running ??= this.#run();
  }

  /** Stops polling, whatever the mapping says, and reports no state. Committed offsets stay. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#opening?.abort();
    await this.#running;
    await this.#stopPolling();
    await this.#report.close();
  }

  /** How the mapping stands. */
  async status(): Promise<MappingStatus> {
    const { source, functionArn } = this.#toSettings(this.#mapping);
    const { state, stateTransitionReason, lastProcessingResult } = this.#report.current;
    return {
      uuid: this.#uuid,
      functionArn,
      topic: source.topic,
      groupId: source.groupId,
      state: state ?? this.#mapping.State,
      stateTransitionReason,
      lastProcessingResult,
      lastError: this.#poller?.lastError,
      partitions: (await this.#poller?.status()) ?? [],
      counts: this.#poller?.counts ?? noCounts,
    };
  }

  #toSettings(mapping: FollowedMapping): PollerSettings {
    return toPollerSettings(mapping, this.#environment.cluster, this.#environment.batchWaitMs);
  }

  async #run(): Promise<void> {
    for (let seen: FollowedMapping | undefined; seen !== this.#mapping && !this.#isEnding; ) {
      seen = this.#mapping;
      await this.#reach(seen).catch((error: unknown) =>
        this.#environment.log.error('A change of the mapping could not be followed.', error),
      );
    }
    this.#running = undefined;
  }

  async #reach(mapping: FollowedMapping): Promise<void> {
    const settings = this.#toSettings(mapping);
    const unserved = findUnservedFeature(mapping, this.#environment.findDestination);
    if (!isPolled(mapping)) {
      await this.#stopPolling();
      if (mapping === this.#mapping && mapping.State !== 'Disabled') this.#report.tell({ state: 'Disabled' });
    } else if (unserved !== undefined) {
      await this.#stopPolling();
      const lastProcessingResult = `PROBLEM: ${unserved}`;
      this.#report.tell({ state: 'Disabled', stateTransitionReason: unserved, lastProcessingResult });
    } else {
      await this.#poll(settings);
    }
  }

  async #poll(settings: PollerSettings): Promise<void> {
    if (JSON.stringify(this.#polled?.source) !== JSON.stringify(settings.source)) await this.#stopPolling();
    this.#polled = settings;
    if (this.#poller === undefined) await this.#startPolling(settings);
    else this.#poller.configure(settings);
    if (this.#poller !== undefined && isPolled(this.#mapping)) this.#report.tell({ state: 'Enabled' });
  }

  async #startPolling(settings: PollerSettings): Promise<void> {
    const { lambda, clock } = this.#environment;
    const waiting = `PROBLEM: Topic ${settings.source.topic} does not exist or cannot be read yet`;
    const cancel = clock.after(openPatienceMs, () =>
      this.#report.tell({ state: 'Enabled', lastProcessingResult: waiting }),
    );
    const subscription = await this.#open(settings).finally(cancel);
    if (subscription === undefined) return;
    if (this.#report.current.lastProcessingResult === waiting) {
      this.#report.tell({ lastProcessingResult: 'No records processed' });
    }
    this.#poller = new Poller(subscription, settings, {
      ...this.#environment,
      lambda,
      onResult: (lastProcessingResult) => this.#report.tell({ lastProcessingResult }),
    });
  }

  /** Undefined when polling is not wanted any more. */
  async #open(settings: PollerSettings): Promise<RecordSubscription | undefined> {
    const { source, clock, random, log } = this.#environment;
    const opening = new AbortController();
    this.#opening = opening;
    try {
      for (let failures = 1; !this.#isEnding && !opening.signal.aborted; failures++) {
        try {
          const subscription = await source.open(settings.source, opening.signal);
          if (!opening.signal.aborted) return subscription;
          await subscription.close();
        } catch (error) {
          if (opening.signal.aborted) return undefined;
          log.error('The topic could not be opened; this is tried again.', error);
          await wait(clock, brokerDelayMs(failures, random()), opening.signal);
        }
      }
      return undefined;
    } finally {
      this.#opening = undefined;
    }
  }

  async #stopPolling(): Promise<void> {
    const poller = this.#poller;
    this.#poller = undefined;
    this.#polled = undefined;
    await poller?.stop(this.#environment.stopGraceMs);
  }
}

function isPolled({ State }: FollowedMapping): boolean {
  return State === 'Creating' || State === 'Enabling' || State === 'Enabled' || State === 'Updating';
}

/** True when nothing that the driver reads has changed; its own reports come back in the rest. */
function isSame(a: FollowedMapping, b: FollowedMapping): boolean {
  const essence = ({ LastProcessingResult, LastModified, StateTransitionReason, ...rest }: FollowedMapping) =>
    JSON.stringify(rest);
  return essence(a) === essence(b);
}

function toProgress({ State, LastProcessingResult }: FollowedMapping) {
  return { state: State, lastProcessingResult: LastProcessingResult };
}
