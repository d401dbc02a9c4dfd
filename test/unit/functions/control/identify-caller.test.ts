import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifyAwsCaller } from '../../../../functions/control/identify-caller.ts';

const scopesOf = (authorizer: object | undefined, options: Parameters<typeof identifyAwsCaller>[1]) =>
  [...identifyAwsCaller({ requestContext: { authorizer } }, options).scopes].sort();

test('a token has the scopes of its claim behind the prefix, however the claim is written', () => {
  const options = { scopePrefix: 'sluice/' };
  const token = (claims: object) => ({ jwt: { claims, scopes: null } });
  assert.deepEqual(scopesOf(token({ scope: 'openid sluice/read sluice/operate' }), options), ['operate', 'read']);
  assert.deepEqual(scopesOf(token({ scp: '[sluice/read email]' }), options), ['read']);
  assert.deepEqual(scopesOf(token({ scp: ['sluice/payload'] }), options), ['payload']);
  assert.deepEqual(scopesOf(token({ scope: 'read other/configure' }), options), []);
  assert.deepEqual(scopesOf(token({}), options), []);
});

test('a signed request has the scopes whose patterns fit its role or user, or all of them without patterns', () => {
  const role = { iam: { userArn: 'arn:aws:sts::111122223333:assumed-role/Viewer/session' } };
  const patterns = { read: ['arn:aws:iam::111122223333:role/*'], operate: ['arn:aws:iam::111122223333:role/Operator'] };
  assert.deepEqual(scopesOf(role, { patterns }), ['read']);
  const user = { iam: { userArn: 'arn:aws:iam::111122223333:user/me' } };
  assert.deepEqual(scopesOf(user, { patterns }), []);
  assert.deepEqual(scopesOf(user, {}), ['configure', 'operate', 'payload', 'read']);
});

test('where tokens or patterns are wanted, an event of nobody is refused', () => {
  for (const options of [{ scopePrefix: '' }, { patterns: {} }]) {
    assert.throws(() => identifyAwsCaller({}, options), { status: 401 });
  }
  assert.equal(identifyAwsCaller({}, {}).scopes.size, 4, 'handed over by whom IAM lets invoke the function');
});
