import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { operations } from '../../functions/control/operations.ts';
import { openConnect, validConfig } from '../support/open-connect.ts';

const secret = 'open-sesame';

/** Names, values and paths that look as if they could matter, and others. */
const text = fc.oneof(
  fc.constantFrom('a', 'b', '', ' ', '.', '..', '%2e%2e', 'a/b', '\u0000', '__proto__', 'constructor', '%', '[hidden]'),
  fc.constantFrom(`\${secretsmanager:x:y}`, `\${file:/etc/passwd}`, `jdbc:postgresql://u:${secret}@h/db`, secret),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const value = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 3 }),
  fc.constant({ nested: { deeply: [1] } }),
);

const propertyName = fc.oneof(
  fc.constantFrom(...Object.keys(validConfig), 'name', 'aws.batch.size', 'transforms', 'filter.sql', 'pk.mode'),
  text,
);

const config = fc
  .tuple(fc.boolean(), fc.dictionary(propertyName, value, { maxKeys: 6 }))
  .map(([isBased, changes]) => ({ ...(isBased ? validConfig : {}), ...changes }));

const body = fc
  .oneof(
    config,
    fc.record({ name: value, config: fc.oneof(config, value), initial_state: value }, { requiredKeys: [] }),
    fc.record({ offsets: fc.oneof(value, fc.array(fc.dictionary(text, value), { maxLength: 3 })) }),
    fc.record({ level: value }),
    fc.record({ topic: value, partition: value, offset: value, all: value, limit: value }, { requiredKeys: [] }),
    value,
  )
  .map((one) => JSON.stringify(one));

const rawBody = fc.oneof(
  { arbitrary: body, weight: 8 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 60 }), weight: 1 },
  { arbitrary: fc.nat(3000).map((depth) => '{"a":'.repeat(depth)), weight: 1 },
);

const request = fc.record({
  operation: fc.constantFrom(...operations),
  segments: fc.array(text, { minLength: 4, maxLength: 4 }),
  query: fc.dictionary(
    fc.constantFrom('expand', 'dryRun', 'limit', 'state', 'payload', 'afterTopic', 'generation', 'onlyFailed', 'since'),
    text,
    { maxKeys: 3 },
  ),
  type: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain', ''),
  body: rawBody,
});

test('whatever is sent, no answer is a 500 and none holds a secret', async (t) => {
  const { url, call } = await openConnect(t);
  assert.equal((await call('POST', '/connectors', { name: 'a', config: validConfig })).status, 201);
  await fc.assert(
    fc.asyncProperty(request, async ({ operation, segments, query, type, body }) => {
      let at = 0;
      const path = operation.path.replaceAll(
        /:\w+/g,
        () => encodeURIComponent(segments[at++ % 4]!.toWellFormed()) || 'a',
      );
      const parameters = new URLSearchParams(query).toString();
      const method = operation.method.toUpperCase();
      const response = await fetch(`${url}${path}?${parameters}`, {
        method,
        headers: type === '' ? {} : { 'content-type': type },
        ...(method !== 'GET' && method !== 'DELETE' && { body }),
      });
      const answer = await response.text();
      const what = `${method} ${path}?${parameters} ${body.slice(0, 300)}: ${response.status} ${answer.slice(0, 300)}`;
      assert.notEqual(response.status, 500, what);
      // What a caller sends as a name is not a secret, and comes back in messages.
      const sent = decodeURIComponent(path) + parameters;
      if (!sent.includes(secret) && !holdsAsName(body)) assert.ok(!answer.includes(secret), what);
      if (response.status >= 400) {
        const { error_code, message } = JSON.parse(answer);
        assert.equal(error_code, response.status, what);
        assert.equal(typeof message, 'string', what);
      }
    }),
    { numRuns: 600 },
  );
  assert.ok((await call('GET', '/connectors')).status === 200);
});

/** True when the body has the secret where none belongs: in a name, or in a property that is for no secret. */
function holdsAsName(body: string): boolean {
  try {
    const parsed = JSON.parse(body);
    const { 'connection.password': _password, 'connection.url': _url, ...rest } = parsed?.config ?? parsed ?? {};
    return JSON.stringify([parsed?.name, parsed?.initial_state, parsed?.level, rest]).includes(secret);
  } catch {
    return body.includes(secret);
  }
}
