import { honoured } from '../../shared/config/property.ts';
import { between } from '../../shared/config/validators.ts';
import { matches } from './parameter-validators.ts';

const group = 'Reading';

/** Context parameters of how mappings read. */
export const readingParameter = {
  startingPosition: honoured({
    name: 'startingPosition',
    type: 'STRING',
    defaultText: 'TRIM_HORIZON',
    group,
    documentation:
      'Where a consumer group without committed offsets starts: `TRIM_HORIZON`, `LATEST` (may miss records while the ' +
      'mapping is made) or a time such as `2026-01-31T00:00:00Z`. `consumer.override.auto.offset.reset` of a connector wins.',
    validate: (value) =>
      ['TRIM_HORIZON', 'LATEST'].includes(value) ||
      (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(value) && !Number.isNaN(Date.parse(value)))
        ? undefined
        : 'TRIM_HORIZON, LATEST or a time in UTC such as 2026-01-31T00:00:00Z is needed',
  }),
  batchSize: honoured({
    name: 'batchSize',
    type: 'INT',
    group,
    documentation:
      'Most records of a batch, for connectors with neither `aws.batch.size` nor `consumer.override.max.poll.records`. ' +
      'Default: 500.',
    validate: between(1, 10_000),
  }),
  maxBatchingWindow: honoured({
    name: 'maxBatchingWindow',
    type: 'INT',
    group,
    documentation:
      'Longest wait for a full batch in seconds. Default: 0 with `provisionedPollers`, else 500 ms, which a mapping ' +
      'that had another window never gets back: see `lastingWindow`.',
    validate: between(0, 300),
  }),
  lastingWindow: honoured({
    name: 'lastingWindow',
    type: 'BOOLEAN',
    defaultText: 'false',
    importance: 'LOW',
    group,
    documentation: 'True accepts that a window without `provisionedPollers` lasts until the mapping is made anew.',
  }),
  provisionedPollers: honoured({
    name: 'provisionedPollers',
    type: 'STRING',
    importance: 'HIGH',
    group,
    documentation:
      'Provisioned pollers of each mapping: `minimum/maximum` or `minimum/maximum/group`. They commit good partitions ' +
      'of a failed batch and read within milliseconds, for a fixed price.',
    validate: matches(
      /^\d{1,3}\/\d{1,4}(\/[A-Za-z0-9_-]{1,128})?$/,
      'minimum/maximum or minimum/maximum/group is needed, such as 1/4',
    ),
  }),
  retryAttempts: honoured({
    name: 'retryAttempts',
    type: 'INT',
    defaultText: '-1',
    group,
    documentation:
      'Retries of a failing batch, after which Lambda skips it. -1: for ever. Needs `provisionedPollers`; without them ' +
      'only 10 with `onFailure`, as Lambda has it.',
    validate: between(-1, 10_000),
  }),
  maxRecordAge: honoured({
    name: 'maxRecordAge',
    type: 'INT',
    defaultText: '-1',
    group,
    documentation: 'Age in seconds at which Lambda skips a failing record. -1: never. Needs `provisionedPollers`.',
    validate: (value) => (value === -1 ? undefined : between(60, 604_800)(value)),
  }),
  bisect: honoured({
    name: 'bisect',
    type: 'BOOLEAN',
    group,
    documentation:
      'Whether a batch whose function fails is halved and tried again. Default: true with `provisionedPollers`, which it needs.',
  }),
  onFailure: honoured({
    name: 'onFailure',
    type: 'STRING',
    group,
    documentation:
      'Where Lambda reports a batch that it skips: ARN of an SQS queue, SNS topic or S3 bucket, or `kafka://topic` ' +
      '(with `provisionedPollers`). Needs `retryAttempts`.',
    validate: matches(
      /^(arn:[\w-]+:(sqs|sns):[\w-]+:\d{12}:[\w.-]+|arn:[\w-]+:s3:::[a-z0-9.-]{3,63}|kafka:\/\/[\w.-]{1,249})$/,
      'The ARN of an SQS queue, an SNS topic or an S3 bucket, or kafka://topic is needed',
    ),
  }),
} as const;
