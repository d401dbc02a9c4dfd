import { type AnyProperty, moot, refused } from '../config/property.ts';

const connector = 'Connector';
const source = 'Source';
const errors = 'Errors';

const onePlugin = 'The plugins are part of the deployment.';
const neverConvertsAgain = 'A transient failure is retried by Lambda for as long as it lasts.';
const inTheDatabase = 'Dead letters are kept in the target database, in the table dead_letters of ledger.schema.';

/** Connector properties that do nothing here, each with its reason, and those that would change data and cannot yet. */
export const inertConnectorProperties: readonly AnyProperty[] = [
  ...[
    'connector.plugin.version',
    'key.converter.plugin.version',
    'value.converter.plugin.version',
    'header.converter.plugin.version',
  ].map((name) => moot({ name, group: connector, reason: onePlugin })),
  moot({
    name: 'tasks.max.enforce',
    type: 'BOOLEAN',
    group: connector,
    reason: 'There are never more tasks than topics.',
  }),
  moot({
    name: 'config.action.reload',
    group: connector,
    reason: 'No external configuration provider is watched.',
  }),
  refused({
    name: 'aws.*',
    group: connector,
    reason: 'It is no setting of Sluice; those on the configuration page are.',
  }),

  refused({
    name: 'topics.regex',
    group: source,
    reason: 'An event source mapping reads named topics only; list them in topics.',
  }),
  refused({
    name: 'consumer.override.isolation.level',
    harmless: ['', 'read_uncommitted'],
    group: source,
    reason: 'What an event source mapping does with aborted transactions cannot be chosen; remove it.',
  }),
  moot({
    name: 'consumer.override.*',
    group: source,
    reason: 'The event source mapping reads the topic, with the access and the group of the deployment.',
  }),
  ...['producer.override.*', 'admin.override.*'].map((name) =>
    moot({ name, group: source, reason: 'Nothing is written to Kafka.' }),
  ),

  ...['errors.retry.timeout', 'errors.retry.delay.max.ms'].map((name) =>
    moot({ name, type: 'LONG', group: errors, reason: neverConvertsAgain }),
  ),
  ...['errors.log.enable', 'errors.log.include.messages'].map((name) =>
    moot({
      name,
      type: 'BOOLEAN',
      group: errors,
      reason: 'Every failure is logged with its code and coordinates, never with row data.',
    }),
  ),
  moot({ name: 'errors.deadletterqueue.*', group: errors, reason: inTheDatabase }),
];
