import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { RecordSource } from '../event-source/record-source.ts';
import { ConsumerInstances } from './consumer-instances.ts';
import { buildKafkaRestApp } from './kafka-rest-app.ts';
import type { RunningService } from './service.ts';
import type { TopicLog } from './topic-log.ts';

/** What {@link startKafkaRest} needs. */
export interface KafkaRestOptions {
  readonly log: TopicLog;
  /** What consumer instances read. */
  readonly source: RecordSource;
  /** 0: any free one. */
  readonly port: number;
  readonly signal?: AbortSignal | undefined;
}

/** A started topic REST API. */
export interface RunningKafkaRest extends RunningService {
  readonly url: string;
}

/**
 * Starts the topic REST API (see {@link buildKafkaRestApp}) on 127.0.0.1. `stop` answers the requests that are under
 * way before it ends.
 *
 * @throws SluiceError `PORT_TAKEN`, or the signal's reason
 */
export async function startKafkaRest({ log, source, port, signal }: KafkaRestOptions): Promise<RunningKafkaRest> {
  signal?.throwIfAborted();
  const stopping = new AbortController();
  const instances = new ConsumerInstances(source);
  const app = buildKafkaRestApp(log, instances, stopping.signal);
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw new SluiceError('SERVICE_FAILED', cause.message, { cause });
    throw new SluiceError('PORT_TAKEN', `Port ${port} for the topic REST API is taken by another program.`, { cause });
  });
  const { port: opened } = server.address() as AddressInfo;
  const stop = async () => {
    stopping.abort();
    await stopServer(server);
    await instances.close();
  };
  return { url: `http://127.0.0.1:${opened}`, stop };
}

const stopGraceMs = 5_000;

async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  // A client that never finishes its request must not hold up the stack.
  const timer = setTimeout(() => server.closeAllConnections(), stopGraceMs);
  await closed;
  clearTimeout(timer);
}
