import { honoured } from '../../shared/config/property.ts';
import { between, oneOf } from '../../shared/config/validators.ts';
import { maxTimeoutSeconds, memoryRangeMb, timeoutProblem } from '../../shared/connector/deployment-properties.ts';
import { arnOf, matches } from './parameter-validators.ts';

const group = 'Functions';

/** Days for which CloudWatch Logs can keep log events (`PutRetentionPolicy`), up to a year. */
const retentionDays = ['1', '3', '5', '7', '14', '30', '60', '90', '120', '150', '180', '365'];

/** Context parameters of what all functions have in common. */
export const functionParameter = {
  memorySize: honoured({
    name: 'memorySize',
    type: 'INT',
    defaultText: '512',
    group,
    documentation: 'Memory of each function in MB; its share of a processor grows with it.',
    validate: between(memoryRangeMb.minimum, memoryRangeMb.maximum),
  }),
  timeout: honoured({
    name: 'timeout',
    type: 'INT',
    defaultText: '60',
    group,
    documentation: `Seconds that a batch may take, at most ${maxTimeoutSeconds}: a Kafka mapping allows 14 minutes, not 15.`,
    validate: (seconds) => timeoutProblem(seconds, 5),
  }),
  architecture: honoured({
    name: 'architecture',
    type: 'STRING',
    defaultText: 'arm64',
    group,
    documentation: 'Processor of the functions: `arm64` or `x86_64`.',
    validate: oneOf('arm64', 'x86_64'),
  }),
  reservedConcurrency: honoured({
    name: 'reservedConcurrency',
    type: 'STRING',
    defaultText: 'tasks',
    group,
    documentation:
      'Batches of a connector that are written at once, taken from the account’s concurrency: `tasks` (its ' +
      '`tasks.max`), a number, or `off` (no bound but the pollers; for new accounts, which have none to reserve).',
    validate: matches(/^(tasks|off|[1-9]\d{0,4})$/, 'tasks, off or a number from 1 is needed'),
  }),
  logRetentionDays: honoured({
    name: 'logRetentionDays',
    type: 'STRING',
    defaultText: '30',
    group,
    documentation: `Days for which logs are kept: ${retentionDays.join(', ')}.`,
    validate: oneOf(...retentionDays),
  }),
  tracing: honoured({
    name: 'tracing',
    type: 'BOOLEAN',
    defaultText: 'false',
    group,
    documentation: 'Whether X-Ray traces the functions.',
  }),
  encryptionKeyArn: honoured({
    name: 'encryptionKeyArn',
    type: 'STRING',
    group,
    documentation:
      'Customer key of KMS for the environment of the functions and their logs; its policy must let CloudWatch Logs use ' +
      'it. Default: keys of AWS.',
    validate: arnOf('kms', 'key/'),
  }),
  permissionsBoundary: honoured({
    name: 'permissionsBoundary',
    type: 'STRING',
    group,
    documentation: 'ARN of the policy that bounds every role.',
    validate: arnOf('iam', 'policy/'),
  }),
} as const;
