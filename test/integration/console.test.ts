import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConsoleSampler, sampleAgeMs } from '../../functions/control/console/console-sampler.ts';
import { createControlContext } from '../../functions/control/control-context.ts';
import { startConnect } from '../../localstack/services/connect.ts';
import { openConnect, validConfig } from '../support/open-connect.ts';
import { createLambdaClient } from '../support/open-lambda.ts';
import { pollUntil } from '../support/poll-until.ts';

const hostile = `</td><script>alert(1)</script>"'&amp;\u202e\u0000\u001b[2J`;

test('pages show connectors, a strict policy goes with each, and nothing of theirs is inline', async (t) => {
  const { call } = await openConnect(t);
  const empty = await call('GET', '/ui');
  assert.equal(empty.status, 200);
  assert.match(empty.body, /There are no connectors yet\./);
  await call('POST', '/connectors', { name: 'people', config: validConfig });
  for (const path of ['/ui', '/ui/', '/ui/connectors/people', '/ui/connectors/people/pause', '/ui/connectors/nobody']) {
    const page = await call('GET', path);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none';/);
    assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /unsafe/);
    assert.doesNotMatch(page.body, / style=| on\w+=|<script>|<style|https?:\/\/(?!127)/, path);
    assert.match(page.body, /<html lang="en">[\s\S]*<main id="main"[\s\S]*<h1>/);
  }
  assert.equal((await call('GET', '/ui/connectors/nobody')).status, 404);
  assert.equal((await call('GET', '/ui/connectors/people/explode')).status, 404);
  assert.match((await call('GET', '/ui/console.css')).headers.get('content-type') ?? '', /^text\/css/);
  assert.match((await call('GET', '/ui/console.js')).headers.get('content-type') ?? '', /^text\/javascript/);
});

test('the page of a connector has its configuration with documentation, and no secret', async (t) => {
  const { call } = await openConnect(t);
  await call('POST', '/connectors', { name: 'people', config: { ...validConfig, 'tasks.max': '3' } });
  await pollUntil('it is sampled', async () => (await call('GET', '/ui/connectors/people')).status === 200);
  const { body } = await call('GET', '/ui/connectors/people');
  assert.match(body, /<code>connection\.password<\/code><\/td><td class="text"><code>\[hidden\]<\/code>/);
  assert.doesNotMatch(body, /open-sesame/);
  assert.match(body, /<code>tasks\.max<\/code>[^\n]*<code>3<\/code><\/td><td class="text">[^<]{20}/);
});

test('markup, control characters and marks of direction in data are shown as text', async (t) => {
  const { call } = await openConnect(t);
  const config = { ...validConfig, 'x.note': hostile, 'x.long': 'y'.repeat(3_000) };
  const created = await call('POST', '/connectors', { name: 'people', config });
  assert.equal(created.status, 201);
  await pollUntil('it is sampled', async () => (await call('GET', '/ui/connectors/people')).status === 200);
  const { body } = await call('GET', '/ui/connectors/people');
  assert.match(
    body,
    /&lt;\/td&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;&quot;&#39;&amp;amp;\\u202e\\u0000\\u001b\[2J/,
  );
  assert.doesNotMatch(body, /<script>|[\p{Cc}--[\n\t]]|\u202e/v);
  assert.match(body, /y{2000}… \(3000 characters\)/);
  const missing = await call('GET', `/ui/connectors/${encodeURIComponent('<img src=x>')}`);
  assert.equal(missing.status, 404);
  assert.match(missing.body, /&lt;img src=x&gt;/);
});

test('an action is confirmed, done by the API, and refused for forms of other pages', async (t) => {
  const { call, url } = await openConnect(t);
  await call('POST', '/connectors', { name: 'people', config: validConfig });
  const asked = await call('GET', '/ui/connectors/people/pause');
  assert.match(asked.body, /It stops reading\.[\s\S]*<form method="post" action="\/ui\/connectors\/people\/pause">/);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = (headers: Readonly<Record<string, string>>, action = 'pause', name = 'people') =>
    fetch(`${url}/ui/connectors/${name}/${action}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...form, ...headers },
    });
  const state = async () => (await call('GET', '/connectors/people/status')).body.connector.state;
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: url, 'sec-fetch-site': 'cross-site' },
    {},
  ]) {
    assert.equal((await post(headers as Record<string, string>)).status, 403, JSON.stringify(headers));
  }
  assert.equal(await state(), 'RUNNING');
  const done = await post({ origin: url, 'sec-fetch-site': 'same-origin' });
  assert.deepEqual([done.status, done.headers.get('location')], [303, '/ui/connectors/people']);
  assert.equal(await state(), 'PAUSED');
  const missing = await post({ origin: url }, 'pause', 'nobody');
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /Unknown connector nobody/);
});

test('who may only read sees pages and changes nothing', async (t) => {
  const opened = await openConnect(t);
  await opened.call('POST', '/connectors', { name: 'people', config: validConfig });
  const { defaults } = opened;
  const tokens = 'reader:read writer:operate,read';
  const connect = await startConnect({ lambdaEndpoint: opened.lambda.url, defaults, port: 0, tokens });
  t.after(() => connect.stop());
  const send = async (token: string | undefined, method: string, path: string) => {
    const headers = { origin: connect.url, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    return (await fetch(connect.url + path, { method, headers, redirect: 'manual' })).status;
  };
  assert.equal(await send(undefined, 'GET', '/ui'), 401);
  assert.equal(await send('reader', 'GET', '/ui'), 200);
  assert.equal(await send('reader', 'POST', '/ui/connectors/people/pause'), 403);
  assert.equal(await send('writer', 'POST', '/ui/connectors/people/pause'), 303);
});

test('however many look, connectors are sampled once in a while', async (t) => {
  const { defaults, lambda, call } = await openConnect(t);
  await call('POST', '/connectors', { name: 'people', config: validConfig });
  const client = createLambdaClient(lambda.url);
  t.after(() => client.destroy());
  let [now, sent] = [0, 0];
  client.middlewareStack.add(
    (next) => (args) => {
      sent++;
      return next(args);
    },
    { step: 'initialize' },
  );
  const sampler = createConsoleSampler(createControlContext({ client, defaults, now: () => now }));
  await Promise.all(Array.from({ length: 50 }, () => sampler.read()));
  const once = sent;
  assert.ok(once > 0 && once < 10, `${once} calls`);
  now = sampleAgeMs - 1;
  await sampler.read();
  assert.equal(sent, once);
  now = sampleAgeMs;
  const [first, second] = await Promise.all([sampler.read(), sampler.read()]);
  assert.ok(sent > once && sent <= 2 * once);
  assert.equal(first, second);
  assert.deepEqual([...first.keys()], ['people']);
});
