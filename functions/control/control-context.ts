import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import type { BrokerPort } from '../../shared/kafka/broker-port.ts';
import { createListCache, type ListCache } from './list-cache.ts';
import { conflictError } from './rest-error.ts';

/** What every call of the API works with. */
export interface ControlContext {
  readonly client: LambdaClient;
  readonly defaults: DeploymentDefaults;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly lists: ListCache;
  /** The brokers, where they can be reached; on AWS they cannot. */
  readonly broker: BrokerPort | undefined;
  /**
   * Runs a change of a connector while no other one runs in this process, and forgets the lists after it.
   *
   * @throws RestError 409 when one runs
   */
  change<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

/** A context of its own for one app. */
export function createControlContext(parts: {
  readonly client: LambdaClient;
  readonly defaults: DeploymentDefaults;
  readonly now: () => number;
  readonly broker?: BrokerPort | undefined;
}): ControlContext {
  const { client, defaults, now, broker } = parts;
  const lists = createListCache(client, defaults.stage, now);
  const changing = new Set<string>();
  return {
    client,
    defaults,
    now,
    lists,
    broker,
    change: async (name, work) => {
      if (changing.has(name)) throw changeConflict();
      changing.add(name);
      try {
        return await work();
      } finally {
        changing.delete(name);
        lists.forget();
      }
    },
  };
}

/** Kafka Connect's answer to a change that meets another one. */
export function changeConflict(): ReturnType<typeof conflictError> {
  return conflictError(
    'Cannot complete request momentarily due to stale configuration (typically caused by a concurrent config change)',
  );
}
