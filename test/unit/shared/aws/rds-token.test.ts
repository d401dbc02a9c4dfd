import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { readAwsEnvironment } from '../../../../shared/aws/aws-environment.ts';
import { signRdsToken } from '../../../../shared/aws/rds-token.ts';
import { testCredentials } from '../../../support/secret-endpoint.ts';

const environment = {
  AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
  AWS_REGION: 'us-east-1',
};
const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const host = 'mydb.abcdefg.eu-west-1.rds.amazonaws.com';

/** The token by the steps of AWS's description of presigned requests. */
function presign(authority: string, region: string, user: string, sessionToken: string | undefined): string {
  const scope = `20260102/${region}/rds-db/aws4_request`;
  const parameters: [string, string][] = [
    ['Action', 'connect'],
    ['DBUser', user],
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${testCredentials.accessKeyId}/${scope}`],
    ['X-Amz-Date', '20260102T030405Z'],
    ['X-Amz-Expires', '900'],
    ...(sessionToken === undefined ? [] : [['X-Amz-Security-Token', sessionToken] as [string, string]]),
    ['X-Amz-SignedHeaders', 'host'],
  ];
  const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const canonical = ['GET', '/', query, `host:${authority}`, '', 'host', sha256('')].join('\n');
  const text = ['AWS4-HMAC-SHA256', '20260102T030405Z', scope, sha256(canonical)].join('\n');
  const key = ['20260102', region, 'rds-db', 'aws4_request'].reduce<string | Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    `AWS4${testCredentials.secretAccessKey}`,
  );
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const signed = query.replace('&X-Amz-SignedHeaders', `&X-Amz-Signature=${signature}&X-Amz-SignedHeaders`);
  return `${authority}/?${signed}`;
}

test('an IAM token is the presigned connect request of the endpoint, for fifteen minutes', async () => {
  for (const sessionToken of [undefined, 'a/session+token==']) {
    for (const user of ['sluice', 'an odd+name@example.com']) {
      const aws = readAwsEnvironment({ ...environment, ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }) });
      const token = await signRdsToken(aws, { host, port: 5432, user }, nowMs);
      assert.equal(token, presign(`${host}:5432`, 'eu-west-1', user, sessionToken));
    }
  }
});

test('a token is the one that AWS’s own signer makes of the same input', async () => {
  const aws = readAwsEnvironment({ ...environment, AWS_SESSION_TOKEN: testCredentials.sessionToken });
  const token = (user: string) => signRdsToken(aws, { host, port: 5432, user }, nowMs);
  // Made with @aws-sdk/rds-signer 3 at the same instant.
  const signatures = {
    sluice: '7e47b228549998a41621f3ed7ba1b45c8a1e7443469345d0c1ca1a4c49e8f9cb',
    'an odd (user)+name': '448a78be02e86752b30692944583bd0479a6136a0ed4b12a5455ed6c98c3f84c',
  };
  for (const [user, signature] of Object.entries(signatures)) {
    assert.equal(/X-Amz-Signature=(\w+)/.exec(await token(user))?.[1], signature);
  }
  assert.ok((await token('an odd (user)+name')).includes('&DBUser=an%20odd%20%28user%29%2Bname&'));
});

test('the region is that of the endpoint, else the environment’s', async () => {
  const regionOf = async (name: string, more = {}) =>
    /Credential=[^%]+%2F\d+%2F([\w-]+)%2F/.exec(
      await signRdsToken(readAwsEnvironment({ ...environment, ...more }), { host: name, port: 5432, user: 'u' }, nowMs),
    )?.[1];
  assert.equal(await regionOf(host), 'eu-west-1');
  assert.equal(await regionOf('p.proxy-x.us-gov-west-1.rds.amazonaws.com'), 'us-gov-west-1');
  assert.equal(await regionOf('db.cn-north-1.rds.amazonaws.com.cn'), 'cn-north-1');
  assert.equal(await regionOf('localhost'), 'us-east-1');
  await assert.rejects(regionOf('localhost', { AWS_REGION: '' }), { code: 'CONFIG_INVALID' });
});
