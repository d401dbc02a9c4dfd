// biome-ignore-all lint/suspicious/noTemplateCurlyInString: forms of references
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskConfig } from '../../../../shared/connector/mask-config.ts';
import { type PlanOptions, planConnector } from '../../../../shared/connector/plan-connector.ts';

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf';
const base = { 'connector.class': 'io.sluice.SluiceSinkConnector', topics: 't' };
const url = 'jdbc:postgresql://db.example.com/main';

const planned = (more: Readonly<Record<string, string>>, options?: PlanOptions) =>
  planConnector({ name: 'c', config: { ...base, ...more } }, options);
const connection = (more: Readonly<Record<string, string>>, options?: PlanOptions) => {
  const { plan, findings } = planned(more, options);
  assert.deepEqual(findings.errors, []);
  return plan?.target.connection;
};
const problems = (more: Readonly<Record<string, string>>, options?: PlanOptions) =>
  planned(more, options).findings.errors.map(({ message }) => message);

test('references stand in user and password as they were written', () => {
  const user = `\${secretsmanager:${arn}:username}`;
  const password = '${ssm:/prod/password}';
  const settings = connection({ 'connection.url': url, 'connection.user': user, 'connection.password': password });
  assert.deepEqual([settings?.user, settings?.password], [user, password]);
  assert.deepEqual(maskConfig({ 'connection.password': password, 'connection.user': user }), {
    'connection.password': password,
    'connection.user': user,
  });
});

test('references elsewhere, or to other providers, are refused', () => {
  const address = { 'connection.url': url, 'connection.user': 'me' };
  assert.match(
    problems({ ...address, 'connection.password': '${vault:a:b}' })[0]!,
    /no configuration provider "vault"/,
  );
  assert.deepEqual(problems({ ...address, 'connection.url': `${url}?password=\${ssm:/p}` }), [
    'connection.url cannot be used: references are resolved in connection.user and connection.password only.',
  ]);
  assert.match(problems({ ...address, 'connection.url': 'jdbc:postgresql://${ssm:/host}/main' })[0]!, /cannot be used/);
});

test('a secret may say everything, and what stands beside it wins', () => {
  assert.deepEqual(connection({ 'connection.secret': arn }), { sslMode: 'verify-full', secret: arn });
  assert.deepEqual(
    connection({ 'connection.secret': arn, 'connection.url': 'postgresql://proxy:6432?sslmode=require' }),
    {
      host: 'proxy',
      port: 6432,
      sslMode: 'require',
      secret: arn,
    },
  );
  assert.match(problems({ 'connection.secret': 'not a name' })[0]!, /The name or ARN of a secret is needed/);
  assert.deepEqual(maskConfig({ 'connection.secret': arn }), { 'connection.secret': arn });
});

test('without a secret the URL and the user are needed', () => {
  const missing = (name: string) => `Missing required configuration "${name}" which has no default value.`;
  assert.deepEqual(problems({}), [missing('connection.url')]);
  assert.deepEqual(problems({ 'connection.url': url }), [missing('connection.user')]);
  assert.match(problems({ 'connection.url': 'postgresql://db', 'connection.user': 'me' })[0]!, /names no database/);
});

test('IAM authentication takes a user and TLS, and no password', () => {
  const iam = { 'connection.url': url, 'connection.user': 'me', 'connection.iam.auth': 'true' };
  assert.equal(connection(iam)?.iamAuth, true);
  assert.match(problems({ ...iam, 'connection.password': 'p' })[0]!, /leave the password out/);
  assert.match(problems({ ...iam, 'connection.url': `${url}?sslmode=disable` })[0]!, /needs TLS/);
  assert.match(problems({ 'connection.secret': arn, 'connection.iam.auth': 'true' })[0]!, /"connection.user"/);
});

test('hosts that the deployment does not allow are refused by name', () => {
  const me = { 'connection.user': 'me' };
  const options = { allowedHosts: ['*.example.com', '10.0.0.7'] };
  assert.deepEqual(problems({ ...me, 'connection.url': url }, options), []);
  assert.deepEqual(problems({ ...me, 'connection.url': 'postgresql://DB.Example.Com./x' }, options), []);
  assert.deepEqual(problems({ ...me, 'connection.url': 'postgresql://10.0.0.7/x' }, options), []);
  for (const host of ['badexample.com', 'example.com', '169.254.169.254', 'example.com.evil', '[::1]']) {
    assert.match(
      problems({ ...me, 'connection.url': `postgresql://${host}/x` }, options)[0]!,
      /not one of allowedHosts/,
    );
  }
});
