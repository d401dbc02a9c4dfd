import type { RecordSource } from '../event-source/record-source.ts';
import { openRecordLog } from '../record-log/record-log.ts';
import { RecordLogSource } from '../record-log/record-log-source.ts';
import { RecordLogTopics } from '../record-log/record-log-topics.ts';
import type { RunningService } from './service.ts';
import type { TopicLog } from './topic-log.ts';

/** The stack's broker: the embedded record log, a Kafka node of the stack, or a cluster that runs elsewhere. */
export interface RunningBroker extends RunningService {
  /** What the topic REST API serves. */
  readonly log: TopicLog;
  /** What the event source driver reads. */
  readonly source: RecordSource;
  /** Identity of the cluster in the ledger. */
  readonly clusterId: string;
  /** Comma-separated `host:port` list under which events and mappings know it. */
  readonly bootstrapServers: string;
  /** Processes of the broker that belong to the stack. */
  readonly pids?: () => readonly number[];
}

/** Name under which events and mappings know the embedded record log; nothing connects to it. */
const recordLogServer = 'record-log:9092';

/**
 * Opens the record log. `logUrl` is the database that holds it.
 *
 * @throws SluiceError `STACK_RUNNING` when another stack uses it, `DATABASE_UNAVAILABLE`, or the signal's reason
 */
export async function startBroker({
  logUrl,
  signal,
}: {
  readonly logUrl: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<RunningBroker> {
  signal?.throwIfAborted();
  const log = await openRecordLog(logUrl);
  return {
    log: new RecordLogTopics(log),
    source: new RecordLogSource(log, { createsTopics: true }),
    clusterId: log.clusterId,
    bootstrapServers: recordLogServer,
    stop: () => log.close(),
  };
}
