import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDatabaseDefaults, toDatabaseVariables } from '../../../../shared/connector/database-defaults.ts';
import { readConnectorPlan } from '../../../../shared/connector/read-connector-environment.ts';

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf';
const connector = (more = {}) =>
  JSON.stringify({ name: 'c', config: { 'connector.class': 'io.sluice.SluiceSinkConnector', topics: 't', ...more } });
const connection = (environment: NodeJS.ProcessEnv, more = {}) =>
  readConnectorPlan({ SLUICE_CONNECTOR: connector(more), ...environment }).target.connection;

test('a connector that names no database gets that of the deployment', () => {
  assert.deepEqual(connection({ SLUICE_DATABASE_SECRET_ARN: arn }), { secret: arn, sslMode: 'verify-full' });
  const proxy = {
    SLUICE_DATABASE_HOST: 'proxy.example.com',
    SLUICE_DATABASE_NAME: 'a/b',
    SLUICE_DATABASE_SSL_MODE: 'require',
  };
  assert.deepEqual(connection({ SLUICE_DATABASE_SECRET_ARN: arn, ...proxy }), {
    host: 'proxy.example.com',
    port: 5432,
    database: 'a/b',
    sslMode: 'require',
    secret: arn,
  });
  const iam = { SLUICE_DATABASE_HOST: '::1', SLUICE_DATABASE_PORT: '6432', SLUICE_DATABASE_NAME: 'main' };
  assert.deepEqual(connection({ ...iam, SLUICE_DATABASE_IAM_USER: 'me' }), {
    host: '::1',
    port: 6432,
    database: 'main',
    user: 'me',
    iamAuth: true,
    sslMode: 'verify-full',
  });
});

test('a connector that names its own database gets nothing of the deployment’s but limits and CAs', () => {
  const environment = {
    SLUICE_DATABASE_SECRET_ARN: arn,
    SLUICE_DATABASE_CA_FILE: 'ca.pem',
    LAMBDA_TASK_ROOT: '/var/task',
    SLUICE_ALLOWED_HOSTS: 'own, *.example.com',
  };
  assert.deepEqual(connection(environment, { 'connection.url': 'postgresql://me@own/x' }), {
    host: 'own',
    port: 5432,
    database: 'x',
    user: 'me',
    sslMode: 'require',
    caFile: '/var/task/ca.pem',
    allowedHosts: ['own', '*.example.com'],
  });
  assert.throws(() => connection(environment, { 'connection.url': 'postgresql://me@other/x' }), {
    code: 'CONFIG_INVALID',
    message: /names the host other/,
  });
});

test('the variables of a database are read as they were written', () => {
  const database = { secretArn: arn, host: 'h', port: '1', name: 'n', iamUser: 'u', sslMode: 'require' };
  assert.deepEqual(readDatabaseDefaults(toDatabaseVariables(database)), database);
  assert.deepEqual(toDatabaseVariables({}), {});
  assert.deepEqual(readDatabaseDefaults({ SLUICE_DATABASE_HOST: '' }), {});
});
