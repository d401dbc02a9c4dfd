import type { Supervision } from '../stack/process-keeper.ts';

/** Names of the local stack's services, in the order in which they start. */
export const serviceNames = [
  'postgres',
  'broker',
  'schema-registry',
  'kafka-rest',
  'lambda',
  'event-source',
  'connect',
] as const;

export type ServiceName = (typeof serviceNames)[number];

/** A started service. `stop` ends it and everything it started, and is fulfilled when nothing of it runs any more. */
export interface RunningService {
  /** Where it answers: `postgresql://…`, `http://…`; absent for a service without a listener. */
  readonly url?: string;
  /** Of a service with a server process of its own, which is started again when it dies. */
  readonly supervision?: Supervision;
  stop(): Promise<void>;
}
