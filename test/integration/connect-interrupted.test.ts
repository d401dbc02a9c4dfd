import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { GetFunctionCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { createApp } from '../../functions/control/app.ts';
import { dyingClient } from '../support/dying-client.ts';
import { type OpenedConnect, openConnect, validConfig } from '../support/open-connect.ts';
import { createLambdaClient } from '../support/open-lambda.ts';

const chained = { ...validConfig, topics: 't1,t2', topology: 'chained' };
const direct = { ...validConfig, topics: 't0,t1' };
const json = { 'content-type': 'application/json' };

/** What Lambda holds, as far as a person would check it. */
async function picture({ client, defaults }: OpenedConnect) {
  // An app of its own, because lists may be two seconds old.
  const app = createApp({ client, defaults, now: Date.now });
  const read = async (path: string) => (await app.request(`http://localhost${path}`)).json();
  const names = (await read('/connectors')) as string[];
  const { EventSourceMappings = [] } = await client.send(new ListEventSourceMappingsCommand({}));
  const pictured = await Promise.all(
    names.map(async (name) => {
      // Lists know no tags: a deletion that was cut off before its second call is listed and not found.
      if ((await app.request(`http://localhost/connectors/${name}`)).status === 404) return [];
      const { config, tasks } = (await read(`/connectors/${name}`)) as {
        readonly config: Readonly<Record<string, string>>;
        readonly tasks: readonly unknown[];
      };
      return [{ name, topology: config.topology ?? 'direct', topics: config.topics, tasks: tasks.length }];
    }),
  );
  const mappings = EventSourceMappings.map(({ Topics, FunctionArn, State }) =>
    [Topics?.[0], FunctionArn?.split(':').slice(6).join(':'), State].join(' '),
  ).sort();
  return { connectors: pictured.flat(), mappings };
}

const filter = 'sluice-test-a-ca978112-filter:live';
const sink = 'sluice-test-a-ca978112-sink:live';
const created = {
  connectors: [{ name: 'a', topology: 'chained', topics: 't1,t2', tasks: 2 }],
  mappings: [`t1 ${filter} Enabled`, `t2 ${filter} Enabled`],
};
const updated = created;

interface Interruption {
  readonly before?: (connect: OpenedConnect) => Promise<unknown>;
  readonly request: readonly [method: string, path: string, body?: unknown];
  /** What there is once the change is complete. */
  readonly complete: unknown;
}

const interruptions: Readonly<Record<string, Interruption>> = {
  creation: { request: ['POST', '/connectors', { name: 'a', config: chained }], complete: created },
  'creation by PUT': { request: ['PUT', '/connectors/a/config', chained], complete: created },
  update: {
    before: ({ call }) => call('PUT', '/connectors/a/config', direct),
    request: ['PUT', '/connectors/a/config', chained],
    complete: updated,
  },
  'update of the sink alone': {
    before: ({ call }) => call('PUT', '/connectors/a/config', direct),
    request: ['PATCH', '/connectors/a/config', { writeMode: 'upsert' }],
    complete: {
      connectors: [{ name: 'a', topology: 'direct', topics: 't0,t1', tasks: 2 }],
      mappings: [`t0 ${sink} Enabled`, `t1 ${sink} Enabled`],
    },
  },
  pause: {
    before: ({ call }) => call('PUT', '/connectors/a/config', direct),
    request: ['PUT', '/connectors/a/pause'],
    complete: {
      connectors: [{ name: 'a', topology: 'direct', topics: 't0,t1', tasks: 2 }],
      mappings: [`t0 ${sink} Disabled`, `t1 ${sink} Disabled`],
    },
  },
  deletion: {
    before: ({ call }) => call('POST', '/connectors', { name: 'a', config: chained }),
    request: ['DELETE', '/connectors/a'],
    complete: { connectors: [], mappings: [] },
  },
};

/** Kills the request after each of its changing calls in turn; `then` looks at what is left. */
async function killAfterEachCall(
  t: TestContext,
  { before, request: [method, path, body] }: Interruption,
  then: (connect: OpenedConnect, killedAfter: number) => Promise<void>,
): Promise<number> {
  const init = { method, headers: json, ...(body !== undefined && { body: JSON.stringify(body) }) };
  for (let allowed = 0; ; allowed++) {
    const connect = await openConnect(t);
    await before?.(connect);
    const client = dyingClient(connect.lambda.url, allowed);
    const dying = createApp({ client, defaults: connect.defaults, now: Date.now });
    const { status } = await dying.request(`http://localhost${path}`, init);
    if (!client.died()) return allowed;
    assert.equal(status, 500, `after ${allowed} calls`);
    await then(connect, allowed);
  }
}

for (const [what, interruption] of Object.entries(interruptions)) {
  const [method, path, body] = interruption.request;

  test(`a ${what} that is killed at any call ends right when it is sent again at once`, async (t) => {
    const calls = await killAfterEachCall(t, interruption, async (connect, killedAfter) => {
      const again = await connect.call(method, path, body);
      assert.ok(again.status < 300, `after ${killedAfter} calls: ${again.status} ${JSON.stringify(again.body)}`);
      assert.deepEqual(await picture(connect), interruption.complete, `after ${killedAfter} calls`);
    });
    assert.ok(calls >= 3, `${calls} calls`);
  });

  test(`a ${what} that is killed at any call is finished by the next reconcile run, or never began`, async (t) => {
    await killAfterEachCall(t, interruption, async (connect, killedAfter) => {
      const untouched = await picture(connect);
      const later = createApp({
        client: createLambdaClient(connect.lambda.url),
        defaults: connect.defaults,
        now: () => Date.now() + 31_000,
      });
      const report = await later.reconcile();
      assert.deepEqual(report.failed, [], `after ${killedAfter} calls`);
      const expected = killedAfter === 0 ? untouched : interruption.complete;
      assert.deepEqual(await picture(connect), expected, `after ${killedAfter} calls`);
      assert.deepEqual((await later.reconcile()).finished, [], 'a second run finds nothing to do');
    });
  });
}

test('after a killed change another one is answered 409 with Retry-After until the time of a request is over', async (t) => {
  const connect = await openConnect(t);
  await connect.call('PUT', '/connectors/a/config', direct);
  const dying = createApp({
    client: dyingClient(connect.lambda.url, 3),
    defaults: connect.defaults,
    now: Date.now,
  });
  const init = { method: 'PUT', headers: json, body: JSON.stringify(chained) };
  assert.equal((await dying.request('http://localhost/connectors/a/config', init)).status, 500);
  const others = [
    ['PUT', '/connectors/a/config', direct],
    ['PUT', '/connectors/a/pause', undefined],
    ['DELETE', '/connectors/a', undefined],
  ] as const;
  for (const [method, path, body] of others) {
    const answer = await connect.call(method, path, body);
    assert.equal(answer.status, 409, method);
    assert.equal(answer.headers.get('retry-after'), '1');
    assert.match(answer.body.message, /^Cannot complete request momentarily due to stale configuration/);
  }
  const later = createApp({
    client: connect.client,
    defaults: connect.defaults,
    now: () => Date.now() + 31_000,
  });
  assert.equal((await later.request('http://localhost/connectors/a/pause', { method: 'PUT' })).status, 202);
  const { mappings } = await picture(connect);
  assert.deepEqual(mappings, [`t1 ${filter} Disabled`, `t2 ${filter} Disabled`]);
});

test('of two different changes at once one is made and the other is answered 409', async (t) => {
  const connect = await openConnect(t);
  await connect.call('PUT', '/connectors/a/config', direct);
  // Two processes: neither knows of the other but by what Lambda holds.
  const other = createApp({ client: connect.client, defaults: connect.defaults, now: Date.now });
  const put = (writeMode: string) => ({ method: 'PUT', headers: json, body: JSON.stringify({ ...direct, writeMode }) });
  const [own, foreign] = await Promise.all([
    fetch(`${connect.url}/connectors/a/config`, put('upsert')),
    other.request('http://localhost/connectors/a/config', put('insert')),
  ]);
  assert.deepEqual([own.status, foreign.status].sort(), [200, 409]);
  const { config } = (await connect.call('GET', '/connectors/a')).body;
  assert.equal(config.writeMode, own.status === 200 ? 'upsert' : 'insert');
  const { Tags = {} } = await connect.client.send(
    new GetFunctionCommand({ FunctionName: 'sluice-test-a-ca978112-sink' }),
  );
  assert.equal(Tags['sluice:change'], Tags['sluice:wanted-change']);
});

test('a change that Lambda refuses halfway leaves the configuration from before', async (t) => {
  const connect = await openConnect(t);
  await connect.call('PUT', '/connectors/a/config', direct);
  const client = createLambdaClient(connect.lambda.url);
  client.middlewareStack.add(
    (next, context) => (args) => {
      const { FunctionName = '' } = args.input as { readonly FunctionName?: string };
      if (context.commandName === 'CreateFunctionCommand' && FunctionName.endsWith('-filter')) {
        throw Object.assign(new Error('Role is wrong. String measured: {"p":"open-sesame"}'), {
          name: 'InvalidParameterValueException',
        });
      }
      return next(args);
    },
    { step: 'initialize' },
  );
  const app = createApp({ client, defaults: connect.defaults, now: Date.now });
  const init = { method: 'PUT', headers: json, body: JSON.stringify(chained) };
  const refused = await app.request('http://localhost/connectors/a/config', init);
  assert.equal(refused.status, 500);
  const { message } = (await refused.json()) as { message: string };
  assert.match(message, /InvalidParameterValueException: Role is wrong\.$/);
  assert.deepEqual(await picture(connect), {
    connectors: [{ name: 'a', topology: 'direct', topics: 't0,t1', tasks: 2 }],
    mappings: [`t0 ${sink} Enabled`, `t1 ${sink} Enabled`],
  });
  assert.equal((await connect.call('PUT', '/connectors/a/pause')).status, 202);
});

test('a connector whose deletion was cut off is not listed, from the deletion of its admin function on', async (t) => {
  await killAfterEachCall(t, interruptions.deletion!, async (connect, killedAfter) => {
    const { client, defaults } = connect;
    const app = createApp({ client, defaults, now: Date.now });
    const listed = await (await app.request('http://localhost/connectors')).json();
    assert.deepEqual(listed, killedAfter < 2 ? ['a'] : [], `after ${killedAfter} calls`);
  });
});
