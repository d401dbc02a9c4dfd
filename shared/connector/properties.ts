import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import { type AnyProperty, honoured } from '../config/property.ts';
import { between, oneOf } from '../config/validators.ts';
import type { EventSourceSettings } from './connector-plan.ts';
import { inertConnectorProperties } from './inert-properties.ts';

const connector = 'Connector';
const source = 'Source';

/** Most records that a batch of an event source mapping may have (AWS Lambda, `BatchSize`). */
const maxBatchSize = 10_000;

/** The honoured properties of a connector as such, and of the source that it reads. */
export const connectorProperty = {
  name: honoured({
    name: 'name',
    type: 'STRING',
    required: true,
    importance: 'HIGH',
    group: connector,
    documentation: 'Name of the connector, unique within the deployment.',
    // Control characters are refused as Connect refuses them.
    validate: (value) =>
      value === '' || /\p{Cc}/u.test(value) ? 'A name without control characters is needed' : undefined,
  }),
  connectorClass: honoured({
    name: 'connector.class',
    type: 'CLASS',
    required: true,
    importance: 'HIGH',
    group: connector,
    documentation: 'Which connector Sluice stands in for; selects the defaults. Full or simple class name.',
  }),
  tasksMax: honoured({
    name: 'tasks.max',
    type: 'INT',
    defaultText: '1',
    importance: 'HIGH',
    group: connector,
    documentation:
      'Most batches of a topic that are written at once: most pollers of its event source mapping. A mapping without ' +
      'provisioned pollers scales by itself.',
    validate: between(1),
  }),
  topology: honoured({
    name: 'topology',
    type: 'STRING',
    group: connector,
    documentation:
      '`direct`: the sink function reads the topics. `chained`: a filter function does and calls the sink. Default: ' +
      '`chained` with table lists, else `direct`.',
    validate: oneOf('direct', 'chained'),
  }),
  topics: honoured({
    name: 'topics',
    type: 'LIST',
    importance: 'HIGH',
    group: source,
    documentation: 'The topics that are read, at least one. Each has an event source mapping of its own.',
    validate: topicsProblem,
  }),
  batchSize: honoured({
    name: 'aws.batch.size',
    type: 'INT',
    group: source,
    documentation:
      'Most records of a batch (`BatchSize` of the event source mapping). Default: `consumer.override.max.poll.records`.',
    validate: between(1, maxBatchSize),
  }),
  maxPollRecords: honoured({
    name: 'consumer.override.max.poll.records',
    type: 'INT',
    defaultText: '500',
    group: source,
    documentation: 'Most records of a batch, unless `aws.batch.size` is set; more than 10000 counts as 10000.',
    validate: between(1),
  }),
  autoOffsetReset: honoured({
    name: 'consumer.override.auto.offset.reset',
    type: 'STRING',
    defaultText: 'earliest',
    group: source,
    documentation: 'Where a connector that has not read a topic yet starts.',
    validate: oneOf('earliest', 'latest'),
  }),
  sourceId: honoured({
    name: 'source.id',
    type: 'STRING',
    group: source,
    documentation:
      'Identity of the Kafka cluster in the ledger: the connector refuses records of another one. Default: that of ' +
      'the deployment.',
    validate: (value) =>
      /^[\x21-\x7e]{1,255}$/.test(value)
        ? undefined
        : 'At most 255 printable ASCII characters without blanks are needed',
  }),
} as const;

/** Every property of the connector as such. */
export const connectorProperties: readonly AnyProperty[] = [
  ...Object.values(connectorProperty),
  ...inertConnectorProperties,
];

/** Settings of the connector's event source mappings. */
export function toEventSourceSettings(values: PropertyValues, findings: Findings): EventSourceSettings {
  const maxPollRecords = values.get(connectorProperty.maxPollRecords);
  const batchSize = values.get(connectorProperty.batchSize);
  if (batchSize === undefined && maxPollRecords > maxBatchSize) {
    findings.warn('consumer.override.max.poll.records', `A batch has at most ${maxBatchSize} records.`);
  }
  const sourceId = values.get(connectorProperty.sourceId);
  return {
    batchSize: batchSize ?? Math.min(maxPollRecords, maxBatchSize),
    startingPosition: values.get(connectorProperty.autoOffsetReset) === 'latest' ? 'LATEST' : 'TRIM_HORIZON',
    ...(sourceId !== undefined && { sourceId }),
  };
}

/** The connector's topics without repetitions; having none is a finding. */
export function toTopics(values: PropertyValues, findings: Findings): readonly string[] {
  const topics = values.get(connectorProperty.topics);
  const alreadyFound = findings.errors.some(({ property }) => property === 'topics' || property === 'topics.regex');
  if (topics === undefined && !alreadyFound) findings.error('topics', noTopicsProblem);
  return [...new Set(topics)];
}

const noTopicsProblem = 'Must configure one of topics or topics.regex';

/** Kafka's rule for topic names (`org.apache.kafka.common.internals.Topic`). */
function topicsProblem(topics: readonly string[]): string | undefined {
  if (topics.length === 0) return noTopicsProblem;
  const illegal = topics.find((topic) => !/^[A-Za-z0-9._-]{1,249}$/.test(topic) || topic === '.' || topic === '..');
  return illegal === undefined ? undefined : `"${illegal}" is not a legal topic name`;
}
