import type { BrokerPort } from '../../shared/kafka/broker-port.ts';
import type { RunningBroker } from './broker.ts';

/** How long a new consumer group is waited for. */
const joinTimeoutMs = 10_000;

/** The stack's broker as the Connect REST API asks it. */
export function toBrokerPort({ log, source }: Pick<RunningBroker, 'log' | 'source'>): BrokerPort {
  return {
    offsets: (topic, partition) => log.offsets(topic, partition),
    commit: async (groupId, topic, offsets) => {
      if (offsets.size === 0) return;
      const signal = AbortSignal.timeout(joinTimeoutMs);
      const subscription = await source.open({ topic, groupId, start: { at: 'TRIM_HORIZON' } }, signal);
      try {
        for (const [partition, offset] of offsets) await subscription.commit(partition, offset);
      } finally {
        await subscription.close();
      }
    },
  };
}
