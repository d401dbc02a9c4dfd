import { MemoryRecordSource } from '../support/memory-record-source.ts';
import { registerRecordSourceSuite } from './record-source-suite.ts';

// The driver's tests rest on it, so it has to behave as the real ones do.
registerRecordSourceSuite('memory', async () => {
  const source = new MemoryRecordSource();
  return {
    source,
    createTopic: async (name, partitions) => source.createTopic(name, partitions),
    addPartitions: async (name, total) => source.createTopic(name, total),
    produce: async (topic, records) => {
      for (const record of records) source.append(topic, record);
    },
    restart: async () => {
      for (const subscription of source.subscriptions) await subscription.close();
      return source;
    },
  };
});
