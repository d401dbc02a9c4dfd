import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAwsEnvironment } from '../../shared/aws/aws-environment.ts';
import { signRdsToken } from '../../shared/aws/rds-token.ts';
import type { SluiceError } from '../../shared/errors/sluice-error.ts';
import { createLoginReader } from '../../shared/postgres/login-reader.ts';
import { TargetConnection } from '../../shared/postgres/target-connection.ts';
import type { ConnectionSettings } from '../../shared/postgres/target-settings.ts';
import { openSecretEndpoint } from '../support/secret-endpoint.ts';
import { openSecuredServer } from '../support/secured-server.ts';

const refusalOf = (promise: Promise<unknown>): Promise<SluiceError> =>
  promise.then(
    () => assert.fail('it must be refused'),
    (error: SluiceError) => error,
  );

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf';

test('the login of a real server: references, rotation, certificates and allowed hosts', async (t) => {
  const server = await openSecuredServer(t, 'first-word');
  const aws = await openSecretEndpoint(t);
  const storeSecret = (password: string, more = {}) =>
    aws.secrets.set(
      arn,
      JSON.stringify({
        engine: 'postgres',
        host: 'localhost',
        port: server.port,
        dbname: 'sluice',
        username: 'sluice',
        password,
        ...more,
      }),
    );
  storeSecret('first-word');
  const address = {
    host: 'localhost',
    port: server.port,
    database: 'sluice',
    sslMode: 'require',
  } as const;
  const open = (settings: ConnectionSettings) => {
    const connection = new TargetConnection(settings, 'login-test', createLoginReader(aws.environment, Date.now));
    t.after(() => connection.close());
    return connection;
  };
  const whoIs = async (connection: TargetConnection) => {
    const { rows } = await (await connection.client()).query(
      'select current_user as user, ssl from pg_stat_ssl where pid = pg_backend_pid()',
    );
    return rows[0];
  };
  const failureOf = async (settings: ConnectionSettings) => {
    const failure = await refusalOf(open(settings).client());
    assert.ok(!failure.message.includes('-word'), failure.message);
    return failure;
  };
  const bySecret: ConnectionSettings = { secret: arn, sslMode: 'verify-full', caFile: server.caFile };

  await t.test('user and password of references log in', async () => {
    const references = { user: `\${secretsmanager:${arn}:username}`, password: `\${secretsmanager:${arn}:password}` };
    assert.deepEqual(await whoIs(open({ ...address, ...references })), { user: 'sluice', ssl: true });
    aws.parameters.set('/prod/password', 'first-word');
    const parameter = { user: 'sluice', password: `\${ssm:${'/prod/password'}}` };
    assert.deepEqual(await whoIs(open({ ...address, ...parameter })), { user: 'sluice', ssl: true });
  });

  await t.test('a secret as RDS makes it says everything, and one request reads it', async () => {
    aws.calls.length = 0;
    const connection = open(bySecret);
    assert.deepEqual(await whoIs(connection), { user: 'sluice', ssl: true });
    connection.discard();
    assert.deepEqual(await whoIs(connection), { user: 'sluice', ssl: true });
    assert.equal(aws.calls.length, 1, 'remembered for the environment');
  });

  await t.test('a password that is rotated while a connection is remembered is read anew once', async () => {
    const connection = open(bySecret);
    await whoIs(connection);
    aws.calls.length = 0;
    await server.query("alter role sluice password 'second-word'");
    assert.deepEqual(await whoIs(connection), { user: 'sluice', ssl: true }, 'an open connection lives on');
    connection.discard();
    const refused = await refusalOf(connection.client());
    assert.deepEqual([refused.code, refused.sqlState], ['LOGIN_FAILED', '28P01']);
    assert.equal(aws.calls.length, 1, 'read once more, and the same password is not tried again');
    storeSecret('second-word');
    assert.deepEqual(await whoIs(connection), { user: 'sluice', ssl: true });
    assert.equal(aws.calls.length, 2);
  });

  await t.test('with IAM authentication a fresh token is the password of every connection', async () => {
    let nowMs = Date.UTC(2026, 0, 2);
    const login = { host: 'localhost', port: server.port, user: 'sluice' };
    const acceptToken = async () => {
      const token = await signRdsToken(readAwsEnvironment(aws.environment), login, nowMs);
      await server.query(`alter role sluice password '${token}'`);
    };
    const settings: ConnectionSettings = { ...address, user: 'sluice', iamAuth: true };
    const connection = new TargetConnection(
      settings,
      'login-test',
      createLoginReader(aws.environment, () => nowMs),
    );
    t.after(() => connection.close());
    await acceptToken();
    assert.deepEqual(await whoIs(connection), { user: 'sluice', ssl: true });
    connection.discard();
    nowMs += 3_600_000;
    await acceptToken();
    assert.deepEqual(await whoIs(connection), { user: 'sluice', ssl: true });
    await server.query("alter role sluice password 'second-word'");
  });

  await t.test('verify-full takes the right CA and refuses other hosts and other CAs', async () => {
    const verified = { ...bySecret, port: server.port, database: 'sluice' };
    assert.deepEqual(await whoIs(open({ ...verified, host: 'localhost' })), { user: 'sluice', ssl: true });
    const otherHost = await failureOf({ ...verified, host: '127.0.0.1' });
    assert.equal(otherHost.code, 'TLS_FAILED');
    assert.match(otherHost.message, /certificate of the server is for other host names/);
    const otherCa = await failureOf({ ...verified, host: 'localhost', caFile: server.otherCaFile });
    assert.equal(otherCa.code, 'TLS_FAILED');
    assert.match(otherCa.message, /signed by no CA that is trusted here/);
    const { caFile: _, ...wellKnown } = verified;
    assert.equal((await failureOf({ ...wellKnown, host: 'localhost' })).code, 'TLS_FAILED');
    const noFile = await failureOf({ ...verified, host: 'localhost', caFile: '/nowhere/ca.pem' });
    assert.equal(noFile.code, 'CONFIG_INVALID');
  });

  await t.test('a server without TLS is refused by what is wrong', async () => {
    await server.query('alter system set ssl = off');
    await server.query('select pg_reload_conf()');
    const failure = await failureOf(bySecret);
    assert.equal(failure.code, 'TLS_FAILED');
    assert.match(failure.message, /offers no TLS/);
  });

  await t.test('a host that is not allowed is never connected to, also when only the secret names it', async () => {
    const refused = await failureOf({ ...bySecret, allowedHosts: ['*.rds.amazonaws.com'] });
    assert.equal(refused.code, 'HOST_NOT_ALLOWED');
    storeSecret('second-word', { host: 'LocalHost' });
    const own = await failureOf({ ...bySecret, allowedHosts: ['localhost'] });
    assert.match(own.message, /LocalHost leads to (127\.0\.0\.1|::1), an address of this machine/);
    const allowed = await failureOf({ ...bySecret, allowedHosts: ['localhost', '127.0.0.1', '::1'] });
    assert.equal(allowed.code, 'TLS_FAILED', 'the server was reached');
  });

  await t.test('a secret that lacks something says what', async () => {
    aws.secrets.set(arn, JSON.stringify({ username: 'sluice', password: 'second-word' }));
    const failure = await failureOf(bySecret);
    assert.equal(failure.code, 'CONFIG_INVALID');
    assert.match(failure.message, /has no usable host, dbname; add it/);
  });
});
