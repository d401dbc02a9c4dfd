import type { RequestBody } from './function-request.ts';
import { assertInteger } from './function-request.ts';
import { invalidParameter } from './lambda-api-error.ts';
import { findOnDemandConflict } from './scaling-mode.ts';

/** Fields of a mapping that can be changed later. */
const changeableFields = [
  'BatchSize',
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'FilterCriteria',
  'FunctionResponseTypes',
  'KMSKeyArn',
  'LoggingConfig',
  'MaximumBatchingWindowInSeconds',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'MetricsConfig',
  'ProvisionedPollerConfig',
  'SourceAccessConfigurations',
] as const;

/** Fields that are fixed once the mapping exists. */
const createOnlyFields = [
  'AmazonManagedKafkaEventSourceConfig',
  'EventSourceArn',
  'SelfManagedEventSource',
  'SelfManagedKafkaEventSourceConfig',
  'StartingPosition',
  'StartingPositionTimestamp',
  'Topics',
] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of a CreateEventSourceMapping for Kafka with Lambda's defaults. The window has none: without one records
 * are gathered for 500 ms, which no request can ask for. Throws the API's error for what Lambda would refuse.
 *
 * Source: docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html and msk-esm-parameters.html.
 */
export function buildMappingFields(body: RequestBody): Fields {
  const sent = pick(body, [...changeableFields, ...createOnlyFields]);
  const fields = { BatchSize: 100, ...sent };
  if ((sent.EventSourceArn === undefined) === (sent.SelfManagedEventSource === undefined)) {
    throw invalidParameter('Exactly one of EventSourceArn and SelfManagedEventSource is required.');
  }
  assertSource(sent);
  assertTopic(sent.Topics);
  assertStart(sent);
  assertChangeable(fields);
  assertMode(fields, false);
  assertDestination(fields);
  return fields;
}

/**
 * The fields that an UpdateEventSourceMapping changes of a mapping. Throws the API's error for what Lambda would refuse;
 * whoever turns provisioned mode off has to take back what only that mode has.
 */
export function buildMappingChanges(body: RequestBody, mapping: object): Fields {
  const changes = pick(body, changeableFields);
  assertChangeable(changes);
  const updated = { ...mapping, ...changes };
  assertMode(updated, true);
  assertDestination(updated);
  return changes;
}

/** The consumer group that the fields name, if they name one. */
export function consumerGroupOf(fields: Fields): string | undefined {
  const configs = [fields.SelfManagedKafkaEventSourceConfig, fields.AmazonManagedKafkaEventSourceConfig];
  return configs.map((config) => (config as { ConsumerGroupId?: string } | undefined)?.ConsumerGroupId).find(Boolean);
}

function pick(body: RequestBody, names: readonly string[]): Record<string, unknown> {
  const sent = names.filter((name) => body[name] !== undefined && body[name] !== null);
  return Object.fromEntries(sent.map((name) => [name, body[name]]));
}

function assertSource(fields: Fields): void {
  const arn = fields.EventSourceArn;
  if (arn !== undefined && !/^arn:aws[\w-]*:kafka:[\w-]+:\d{12}:cluster\/\S+$/.test(String(arn))) {
    throw invalidParameter('Unrecognized event source; only Amazon MSK and self-managed Kafka are supported here.');
  }
  const source = fields.SelfManagedEventSource as { Endpoints?: { KAFKA_BOOTSTRAP_SERVERS?: unknown } } | undefined;
  const servers = source?.Endpoints?.KAFKA_BOOTSTRAP_SERVERS;
  const isHostAndPort = (server: unknown) => typeof server === 'string' && /^[\w.-]+:\d{1,5}$/.test(server);
  if (source !== undefined && (!Array.isArray(servers) || servers.length === 0 || !servers.every(isHostAndPort))) {
    throw invalidParameter('SelfManagedEventSource needs KAFKA_BOOTSTRAP_SERVERS, each as host:port.');
  }
  const otherConfig = arn === undefined ? 'AmazonManagedKafkaEventSourceConfig' : 'SelfManagedKafkaEventSourceConfig';
  if (fields[otherConfig] !== undefined) throw invalidParameter(`${otherConfig} does not fit the event source.`);
  const group = consumerGroupOf(fields);
  if (group !== undefined && !/^[a-zA-Z0-9\-/*:_+=.@]{1,200}$/.test(group)) {
    throw invalidParameter('ConsumerGroupId must be 1 to 200 characters of a-z A-Z 0-9 - / * : _ + = . @');
  }
}

function assertTopic(topics: unknown): void {
  const valid = (topic: unknown) => typeof topic === 'string' && /^[a-zA-Z0-9._-]{1,249}$/.test(topic);
  if (!Array.isArray(topics) || topics.length !== 1 || !topics.every(valid)) {
    throw invalidParameter('Topics must hold exactly one topic name.');
  }
}

function assertStart(fields: Fields): void {
  const position = fields.StartingPosition;
  if (!['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'].includes(String(position))) {
    throw invalidParameter('StartingPosition must be TRIM_HORIZON, LATEST or AT_TIMESTAMP.');
  }
  const timestamp = fields.StartingPositionTimestamp;
  if ((position === 'AT_TIMESTAMP') !== (timestamp !== undefined)) {
    throw invalidParameter('StartingPositionTimestamp is required with StartingPosition AT_TIMESTAMP, and only then.');
  }
  if (timestamp !== undefined && (typeof timestamp !== 'number' || timestamp < 0)) {
    throw invalidParameter('StartingPositionTimestamp must be seconds since the epoch.');
  }
}

function assertChangeable(fields: Fields): void {
  const assertRange = (name: string, minimum: number, maximum: number) => {
    if (fields[name] !== undefined) assertInteger(name, fields[name], minimum, maximum);
  };
  assertRange('BatchSize', 1, 10_000);
  assertRange('MaximumBatchingWindowInSeconds', 0, 300);
  assertRange('MaximumRetryAttempts', -1, 10_000);
  if (fields.MaximumRecordAgeInSeconds !== -1) assertRange('MaximumRecordAgeInSeconds', 60, 604_800);
  const types = fields.FunctionResponseTypes ?? [];
  if (!Array.isArray(types) || types.some((type) => type !== 'ReportBatchItemFailures')) {
    throw invalidParameter('FunctionResponseTypes may hold ReportBatchItemFailures only.');
  }
  assertPollers((fields.ProvisionedPollerConfig ?? {}) as Fields);
}

function assertMode(fields: Fields, allowsNeutral: boolean): void {
  const conflict = findOnDemandConflict(fields, allowsNeutral);
  if (conflict !== undefined) throw invalidParameter(conflict);
}

/** Lambda lets no mapping feed itself. Source: its guide, "Using a Kafka topic as an on-failure destination". */
function assertDestination({ DestinationConfig, Topics }: Fields): void {
  const { OnFailure } = (DestinationConfig ?? {}) as { OnFailure?: { Destination?: unknown } };
  const [topic] = Topics as readonly string[];
  if (OnFailure?.Destination !== `kafka://${topic}`) return;
  throw invalidParameter(`The on-failure destination must be another topic than ${topic}.`);
}

function assertPollers({ MinimumPollers: minimum, MaximumPollers: maximum, PollerGroupName: group }: Fields): void {
  if (minimum !== undefined) assertInteger('MinimumPollers', minimum, 1, 200);
  if (maximum !== undefined) assertInteger('MaximumPollers', maximum, 1, 2000);
  if (group !== undefined && !/^[\w-]{1,128}$/.test(String(group))) {
    throw invalidParameter('PollerGroupName must be 1 to 128 characters of a-z A-Z 0-9 - _');
  }
  if (minimum !== undefined && maximum !== undefined && (minimum as number) > (maximum as number)) {
    throw invalidParameter('MinimumPollers must not be greater than MaximumPollers.');
  }
}
