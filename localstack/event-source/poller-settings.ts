import type { EventSourceMapping } from '../lambda/lambda-service.ts';
import { isProvisioned } from '../lambda/scaling-mode.ts';
import type { EventEnvelope } from './event-builder.ts';
import type { PollerLimits } from './poller-scale.ts';
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
  readonly pollers: PollerLimits;
  readonly retry: RetrySettings;
  /** Records older than this are given up unsent; Infinity: never. */
  readonly maxRecordAgeMs: number;
  readonly reportsItemFailures: boolean;
  /** JSON texts of the filters; none: every record is sent. */
  readonly filterPatterns: readonly string[];
  /** ARN or URL of the on-failure destination. */
  readonly destination: string | undefined;
}

/** Gathering time of a mapping that was never given a window. */
const defaultWindowMs = 500;
/** Retries of a mapping with a destination and no limit of its own. */
const retriesBeforeDestination = 10;
/** Of a mapping with provisioned pollers that does not say how many. */
const defaultPollers = { minimum: 1, maximum: 200 };
/** On demand the lag is looked at each minute. */
const onDemandLookMs = 60_000;
/** Provisioned pollers follow a spike "responsively"; the guide gives no figure. */
const provisionedLookMs = 1_000;

/**
 * Reads a mapping. The consumer group is the mapping's UUID unless it names one, and a destination ends endless retries
 * after 10.
 *
 * Source: AWS Lambda developer guide, Kafka parameters, "Apache Kafka event poller scaling modes in Lambda" and
 * "Configuring error handling controls for Kafka".
 *
 * @param batchWaitMs how long records are gathered for a mapping whose window is 0
 */
export function toPollerSettings(mapping: FollowedMapping, cluster: ClusterIdentity, batchWaitMs = 0): PollerSettings {
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
    windowMs: toWindowMs(mapping, batchWaitMs),
    pollers: toPollerLimits(mapping),
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

function toWindowMs({ MaximumBatchingWindowInSeconds: seconds }: FollowedMapping, batchWaitMs: number): number {
  if (seconds === undefined) return defaultWindowMs;
  return seconds > 0 ? seconds * 1000 : batchWaitMs;
}

/** On demand "a default number" of pollers is there at first: one reads every partition. */
function toPollerLimits(mapping: FollowedMapping): PollerLimits {
  if (!isProvisioned(mapping)) return { minimum: 1, maximum: Number.POSITIVE_INFINITY, lookMs: onDemandLookMs };
  const { MinimumPollers, MaximumPollers } = mapping.ProvisionedPollerConfig ?? {};
  const minimum = Math.max(1, MinimumPollers ?? defaultPollers.minimum);
  return { minimum, maximum: Math.max(minimum, MaximumPollers ?? defaultPollers.maximum), lookMs: provisionedLookMs };
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
