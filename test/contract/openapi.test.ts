import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp } from '../../functions/control/app.ts';
import { schemas } from '../../functions/control/openapi-schemas.ts';
import { operations } from '../../functions/control/operations.ts';
import { findSchemaProblems } from '../support/find-schema-problems.ts';
import { openConnect, validConfig } from '../support/open-connect.ts';
import { createLambdaClient } from '../support/open-lambda.ts';

test('every route is an operation of the OpenAPI document, and every operation is a route', async (t) => {
  const { defaults } = await openConnect(t);
  const client = createLambdaClient('http://127.0.0.1:1');
  t.after(() => client.destroy());
  const app = createApp({ client, defaults, now: Date.now });
  const routes = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method.toLowerCase()} ${path}`);
  const described = operations.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual([...new Set(routes)].sort(), [...new Set(described)].sort());
  assert.equal(new Set(described).size, described.length);
});

test('the served document is whole: every reference leads somewhere, ids are unique, paths have their parameters', async (t) => {
  const { call } = await openConnect(t);
  const { status, body } = await call('GET', '/openapi.json');
  assert.equal(status, 200);
  assert.equal(body.openapi, '3.1.0');
  const references = [...JSON.stringify(body).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);
  assert.deepEqual(
    references.filter((name) => !(name in schemas)),
    [],
  );
  const described = Object.entries<Record<string, { operationId: string; parameters: { name: string; in: string }[] }>>(
    body.paths,
  ).flatMap(([path, methods]) => Object.values(methods).map((operation) => ({ path, ...operation })));
  assert.equal(new Set(described.map(({ operationId }) => operationId)).size, described.length);
  for (const { path, parameters } of described) {
    const names = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
    assert.deepEqual(path.match(/\{\w+\}/g) ?? [], names, path);
  }
});

test('answers are as the document says, those of errors included', async (t) => {
  const { call } = await openConnect(t);
  const config = { ...validConfig, topics: 't1,t2' };
  const requests: readonly (readonly [string, string, unknown?])[] = [
    ['POST', '/connectors', { name: 'a', config }],
    ['GET', '/'],
    ['GET', '/health'],
    ['GET', '/connectors'],
    ['GET', '/connectors?expand=status&expand=info'],
    ['GET', '/connectors/a'],
    ['GET', '/connectors/a/config'],
    ['PUT', '/connectors/b/config', config],
    ['PATCH', '/connectors/b/config', { 'tasks.max': 2 }],
    ['GET', '/connectors/a/status'],
    ['GET', '/connectors/a/status?expand=progress'],
    ['GET', '/connectors/a/tasks'],
    ['GET', '/connectors/a/tasks-config'],
    ['GET', '/connectors/a/tasks/0/status'],
    ['POST', '/connectors/a/tasks/0/restart'],
    ['POST', '/connectors/a/restart'],
    ['POST', '/connectors/a/restart?includeTasks=true'],
    ['GET', '/connectors/a/topics'],
    ['PUT', '/connectors/a/pause'],
    ['PUT', '/connectors/a/resume'],
    ['PUT', '/connectors/a/stop'],
    ['PUT', '/connectors/a/topics/reset'],
    ['GET', '/connector-plugins'],
    ['GET', '/connector-plugins?connectorsOnly=false'],
    ['GET', '/connector-plugins/SluiceSinkConnector/config'],
    ['PUT', '/connector-plugins/SluiceSinkConnector/config/validate', { ...config, name: 'c', topics: '' }],
    ['GET', '/admin/loggers'],
    ['GET', '/admin/loggers/root'],
    ['PUT', '/admin/loggers/root', { level: 'WARN' }],
    ['GET', '/connectors/none'],
    ['PUT', '/connectors/a/config', 'x'],
    ['DELETE', '/connectors/a'],
  ];
  for (const [method, path, body] of requests) {
    const answer = await call(method, path, body);
    const operation = operations.find((one) => one.method === method.toLowerCase() && fits(one.path, path));
    assert.ok(operation, `${method} ${path}`);
    const isDescribed = answer.status in operation.answers;
    const name = isDescribed ? operation.answers[answer.status] : 'Error';
    assert.ok(isDescribed || answer.status >= 400, `${method} ${path}: ${answer.status}`);
    if (name === null) assert.equal(answer.body, '', `${method} ${path}`);
    else assert.deepEqual(findSchemaProblems(schemas[name!]!, answer.body, schemas), [], `${method} ${path}`);
  }
});

function fits(pattern: string, path: string): boolean {
  const text = pattern.replaceAll(/:\w+/g, '[^/?]+').replaceAll('.', '\\.');
  return new RegExp(`^${text}/?(\\?.*)?$`).test(path);
}
