import type { KafkaEvent } from '../../shared/kafka/event.ts';
import { createSinkWorker } from './sink-worker.ts';

// Runs one sink worker as a process of its own: events come in over the IPC channel, answers go out. It ends with the
// channel, so that it never outlives the test.
const worker = createSinkWorker(process.env);

process.on('message', async (event: KafkaEvent) => {
  try {
    process.send?.({ answer: (await worker.invoke(event)) ?? null });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
