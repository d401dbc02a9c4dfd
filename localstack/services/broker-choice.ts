import type { ClusterSettings } from '../kafka/cluster-settings.ts';

/** Which broker a stack has: the embedded record log, a Kafka node of its own, or a cluster that runs elsewhere. */
export type BrokerChoice =
  | { readonly kind: 'record-log' }
  | { readonly kind: 'kafka-node' }
  | { readonly kind: 'kafka-cluster'; readonly settings: ClusterSettings };
