import { honoured } from '../../shared/config/property.ts';
import { between } from '../../shared/config/validators.ts';
import { arnOf, matches } from './parameter-validators.ts';

const group = 'Operation';

/** Context parameters of alarms and dashboard. */
export const operationParameter = {
  alarmTopicArn: honoured({
    name: 'alarmTopicArn',
    type: 'STRING',
    group,
    documentation: 'SNS topic that hears of every alarm.',
    validate: arnOf('sns', ''),
  }),
  alarmEmail: honoured({
    name: 'alarmEmail',
    type: 'STRING',
    group,
    documentation: 'Address that hears of every alarm; it must confirm a message first.',
    validate: matches(/^[^\s@,]+@[^\s@,]+$/, 'One e-mail address is needed'),
  }),
  alarmOffsetLag: honoured({
    name: 'alarmOffsetLag',
    type: 'INT',
    defaultText: '10000',
    group,
    documentation: 'Records that a topic may lag behind for 15 minutes before an alarm rings.',
    validate: between(1),
  }),
  topicRetentionHours: honoured({
    name: 'topicRetentionHours',
    type: 'INT',
    defaultText: '168',
    group,
    documentation: 'How long the topics keep records; a record that waits for half of it raises an alarm.',
    validate: between(1, 87_600),
  }),
  dashboard: honoured({
    name: 'dashboard',
    type: 'BOOLEAN',
    defaultText: 'true',
    group,
    documentation: 'Whether a CloudWatch dashboard is made.',
  }),
} as const;
