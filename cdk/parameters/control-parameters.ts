import { honoured } from '../../shared/config/property.ts';
import { oneOf } from '../../shared/config/validators.ts';
import { matches } from './parameter-validators.ts';

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
  restTopicPattern: honoured({
    name: 'restTopicPattern',
    type: 'STRING',
    defaultText: '*',
    group,
    documentation: 'Topics that connectors made by REST may read on MSK with IAM, `*` for any text.',
    validate: matches(/^[\w.*-]{1,249}$/, 'A topic name is needed, * for any text'),
  }),
} as const;
