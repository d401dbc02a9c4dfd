import { honoured } from '../../shared/config/property.ts';
import { between, nonEmpty, oneOf } from '../../shared/config/validators.ts';
import { arnOf, eachMatches, matches } from './parameter-validators.ts';

const group = 'Database';

/** Context parameters of the target database. */
export const databaseParameter = {
  databaseHost: honoured({
    name: 'databaseHost',
    type: 'STRING',
    importance: 'HIGH',
    group,
    documentation: 'Host of the target database, for connectors without `connection.url`.',
    validate: matches(/^[A-Za-z0-9.-]{1,253}$/, 'A host name is needed'),
  }),
  databasePort: honoured({
    name: 'databasePort',
    type: 'INT',
    defaultText: '5432',
    group,
    documentation: 'Port of `databaseHost`.',
    validate: between(1, 65_535),
  }),
  databaseName: honoured({
    name: 'databaseName',
    type: 'STRING',
    group,
    documentation: 'Name of the database on `databaseHost`.',
    validate: nonEmpty,
  }),
  databaseSecretArn: honoured({
    name: 'databaseSecretArn',
    type: 'STRING',
    importance: 'HIGH',
    group,
    documentation:
      'Secret with `username` and `password` (the form of RDS), for connectors whose password is no reference of its ' +
      'own. Read when a function starts, and again when the login fails.',
    validate: arnOf('secretsmanager', 'secret:'),
  }),
  databaseIamUser: honoured({
    name: 'databaseIamUser',
    type: 'STRING',
    group,
    documentation: 'User that logs in by IAM instead of a password. Needs `databaseResourceId` or `databaseProxyArn`.',
    validate: matches(/^[A-Za-z_][\w.-]{0,62}$/, 'A PostgreSQL user name is needed'),
  }),
  databaseResourceId: honoured({
    name: 'databaseResourceId',
    type: 'STRING',
    group,
    documentation:
      'Resource id of the instance (`db-…`) or Aurora cluster (`cluster-…`) that `databaseIamUser` logs in to.',
    validate: matches(/^(db|cluster)-[A-Z0-9]{10,40}$/, 'db- or cluster- and the id are needed'),
  }),
  databaseProxyArn: honoured({
    name: 'databaseProxyArn',
    type: 'STRING',
    group,
    documentation:
      'ARN of the RDS Proxy in front of the database; `databaseHost` is then its endpoint, and `databaseIamUser` logs in ' +
      'to it. With a secret it only says so.',
    validate: arnOf('rds', 'db-proxy:prx-'),
  }),
  databaseSslMode: honoured({
    name: 'databaseSslMode',
    type: 'STRING',
    defaultText: 'verify-full',
    importance: 'LOW',
    group,
    documentation: 'How the deployment’s database is trusted: `verify-full`, `require` (encrypted only) or `disable`.',
    validate: oneOf('verify-full', 'require', 'disable'),
  }),
  databaseCaBundle: honoured({
    name: 'databaseCaBundle',
    type: 'STRING',
    group,
    documentation:
      'File with the certificates (PEM) that sign the server’s. Default: those that Lambda’s runtime has, Amazon RDS ' +
      'among them.',
    validate: nonEmpty,
  }),
  allowedHosts: honoured({
    name: 'allowedHosts',
    type: 'LIST',
    defaultText: '',
    group,
    documentation: 'Hosts that a connector may connect to, `*.` in front for all below a domain. Empty: any.',
    validate: eachMatches(/^(\*\.)?[A-Za-z0-9.:-]{1,253}$/, 'A host name is needed, or *. and a domain'),
  }),
  secretKeyArns: honoured({
    name: 'secretKeyArns',
    type: 'LIST',
    defaultText: '',
    group,
    documentation: 'Customer keys of KMS that encrypt the secrets.',
    validate: (keys) => keys.map(arnOf('kms', 'key/')).find((problem) => problem !== undefined),
  }),
} as const;
