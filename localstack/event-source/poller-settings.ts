import type { EventSourceMapping } from '../lambda/lambda-service.ts';
import type { EventEnvelope } from './event-builder.ts';
import type { OpenOptions, StartingPosition } from './record-source.ts';
import type { RetrySettings } from './retry-policy.ts';

/** What the API knows of a mapping's consumer and the driver only has to recognise. */
interface ConsumerConfig {
  readonly ConsumerGroupId?: string;
  readonly SchemaRegistryConfig?: unknown;
}

/** A mapping with the parts of the API's description that only the driver reads. */
export interface FollowedMapping extends EventSourceMapping {
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
  readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern?: string }[] };
  readonly SelfManagedKafkaEventSourceConfig?: ConsumerConfig;
  readonly AmazonManagedKafkaEventSourceConfig?: ConsumerConfig;
}

/** The cluster that the record source reads, as events name it. */
export interface ClusterIdentity {
  /** Comma-separated `host:port` list, used for mappings that have no endpoints of their own. */
  readonly bootstrapServers?: string;
}

/** What a poller needs to know, in the driver's own units. */
export interface PollerSettings {
  readonly mappingUuid: string;
  readonly source: OpenOptions;
  readonly functionArn: string;
  readonly envelope: EventEnvelope;
  /** Most records of one invocation, over all partitions. */
  readonly batchSize: number;
  /** How long records are gathered; 0: they are sent as soon as an invocation is free. */
  readonly windowMs: number;
  /** Most invocations at once. */
  readonly concurrency: number;
  readonly retry: RetrySettings;
  /** Records older than this are given up unsent; Infinity: never. */
  readonly maxRecordAgeMs: number;
  readonly reportsItemFailures: boolean;
  /** JSON texts of the filters; none: every record is sent. */
  readonly filterPatterns: readonly string[];
  /** ARN or URL of the on-failure destination. */
  readonly destination: string | undefined;
}

/** Invocations at once of a mapping without provisioned pollers: enough to overlap partitions on a small machine. */
const onDemandConcurrency = 2;
/** Retries of a mapping with a destination and no limit of its own. */
const retriesBeforeDestination = 10;

/**
 * Reads a mapping. The consumer group is the mapping's UUID unless it names one, and a destination ends endless retries
 * after 10.
 *
 * Source: AWS Lambda developer guide, Kafka parameters and "Configuring error handling controls for Kafka".
 */
export function toPollerSettings(mapping: FollowedMapping, cluster: ClusterIdentity): PollerSettings {
  const destination = mapping.DestinationConfig?.OnFailure?.Destination || undefined;
  const unlimited = destination === undefined ? Number.POSITIVE_INFINITY : retriesBeforeDestination;
  return {
    mappingUuid: mapping.UUID,
    source: {
      topic: mapping.Topics[0] ?? '',
      groupId:
        mapping.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId ??
        mapping.AmazonManagedKafkaEventSourceConfig?.ConsumerGroupId ??
        mapping.UUID,
      start: toStartingPosition(mapping),
    },
    functionArn: mapping.FunctionArn,
    envelope: toEnvelope(mapping, cluster),
    batchSize: Math.max(1, mapping.BatchSize),
    windowMs: Math.max(0, mapping.MaximumBatchingWindowInSeconds) * 1000,
    concurrency: Math.max(1, mapping.ProvisionedPollerConfig?.MaximumPollers ?? onDemandConcurrency),
    retry: {
      maxRetries: limited(mapping.MaximumRetryAttempts) ?? unlimited,
      bisects: mapping.BisectBatchOnFunctionError === true,
    },
    maxRecordAgeMs: (limited(mapping.MaximumRecordAgeInSeconds) ?? Number.POSITIVE_INFINITY) * 1000,
    reportsItemFailures: mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') === true,
    filterPatterns: (mapping.FilterCriteria?.Filters ?? []).map(({ Pattern = '' }) => Pattern),
    destination,
  };
}

/** The number, or undefined where the API says "no limit": absent or -1. */
function limited(value: number | undefined): number | undefined {
  return value === undefined || value < 0 ? undefined : value;
}

function toEnvelope(mapping: FollowedMapping, cluster: ClusterIdentity): EventEnvelope {
  const endpoints = mapping.SelfManagedEventSource?.Endpoints.KAFKA_BOOTSTRAP_SERVERS ?? [];
  const bootstrapServers = endpoints.length > 0 ? endpoints.join(',') : cluster.bootstrapServers;
  return {
    eventSource: mapping.EventSourceArn === undefined ? 'SelfManagedKafka' : 'aws:kafka',
    ...(mapping.EventSourceArn === undefined ? {} : { eventSourceArn: mapping.EventSourceArn }),
    ...(bootstrapServers === undefined ? {} : { bootstrapServers }),
  };
}

function toStartingPosition(mapping: FollowedMapping): StartingPosition {
  if (mapping.StartingPosition !== 'AT_TIMESTAMP') return { at: mapping.StartingPosition };
  return { at: 'TIMESTAMP', timestampMs: Math.round((mapping.StartingPositionTimestamp ?? 0) * 1000) };
}
