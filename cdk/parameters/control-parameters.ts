import { honoured } from '../../shared/config/property.ts';
import { between, oneOf } from '../../shared/config/validators.ts';
import { arnOf, eachMatches, matches } from './parameter-validators.ts';

const group = 'Connect REST API';

/** Context parameters of the Connect REST API. */
export const controlParameter = {
  controlApi: honoured({
    name: 'controlApi',
    type: 'STRING',
    defaultText: 'off',
    group,
    documentation: '`iam`: at a function URL with signed requests. `jwt`: at an HTTP API with tokens. Never open.',
    validate: oneOf('off', 'iam', 'jwt'),
  }),
  jwtIssuer: honoured({
    name: 'jwtIssuer',
    type: 'STRING',
    group,
    documentation: 'Issuer of the tokens with `controlApi=jwt`.',
    validate: matches(/^https:\/\/\S+$/, 'An https URL is needed'),
  }),
  jwtAudience: honoured({
    name: 'jwtAudience',
    type: 'LIST',
    defaultText: '',
    group,
    documentation: 'Audiences of the tokens with `controlApi=jwt`.',
  }),
  jwtScopePrefix: honoured({
    name: 'jwtScopePrefix',
    type: 'STRING',
    defaultText: 'sluice/',
    group,
    documentation:
      'What stands in tokens before the scopes `read`, `operate`, `configure` and `payload`; a token without them may do ' +
      'nothing.',
    validate: matches(/^[\w.:/-]{0,100}$/, 'Letters, digits and . : / - are needed'),
  }),
  controlCallers: honoured({
    name: 'controlCallers',
    type: 'LIST',
    defaultText: '',
    group,
    documentation:
      'With `controlApi=iam`: which callers have which scope, `scope=ARN` with commas between, `*` for any text. Empty: ' +
      'whoever may invoke the function URL has all of them.',
    validate: eachMatches(
      /^(read|operate|configure|payload)=arn:[\w-]+:iam::[\d*]+:(role|user)\/\S+$/,
      'scope=arn:aws:iam::<account>:role/<name> is needed',
    ),
  }),
  restRoleArns: honoured({
    name: 'restRoleArns',
    type: 'LIST',
    defaultText: '',
    group,
    documentation:
      'Further roles that connectors made by REST may have; `aws.role.arn` of a connector chooses one. Default: the role ' +
      'that the stack makes.',
    validate: (roles) => roles.map(arnOf('iam', 'role/')).find((problem) => problem !== undefined),
  }),
  reconcileMinutes: honoured({
    name: 'reconcileMinutes',
    type: 'INT',
    defaultText: '5',
    group,
    documentation: 'How often changes of connectors are looked for that were interrupted, and finished.',
    validate: between(1, 1_440),
  }),
  restTopicPattern: honoured({
    name: 'restTopicPattern',
    type: 'STRING',
    defaultText: '*',
    group,
    documentation: 'Topics that connectors made by REST may read on MSK with IAM, `*` for any text.',
    validate: matches(/^[\w.*-]{1,249}$/, 'A topic name is needed, * for any text'),
  }),
} as const;
