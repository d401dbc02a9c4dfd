import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readFilterEnvironment } from '../../functions/filter/read-filter-environment.ts';
import { createAdminHandler } from '../../functions/sink/admin.ts';
import { createSinkHandler } from '../../functions/sink/handler.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import { ordersConnector, smallContext, synthesize } from '../support/synthesize.ts';

type Variables = Readonly<Record<string, string>>;

const chained = { ...ordersConnector, config: { ...ordersConnector.config, topology: 'chained' } };
const iam = {
  databaseSecretArn: undefined,
  databaseHost: 'db.example.com',
  databasePort: 5433,
  databaseName: 'shop',
  databaseIamUser: 'sluice',
  databaseResourceId: 'cluster-ABCDEFGHIJKLMNOP',
  databaseSslMode: 'require',
  allowedHosts: '*.example.com',
  databaseCaBundle: 'package.json',
};

/** The variables of the project that the stack gives to the functions of a role, all examples together. */
async function variablesOf(t: TestContext, role: string): Promise<Variables> {
  const found: Record<string, string> = {};
  for (const context of [{}, iam]) {
    const { template } = await synthesize(t, { ...smallContext, connectors: chained, controlApi: 'iam', ...context });
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function'))) {
      if (Properties.FunctionName.endsWith(`-${role}`)) Object.assign(found, Properties.Environment.Variables);
    }
  }
  return found;
}

/** An environment that remembers which of the project's variables were asked for. */
function recording(variables: Variables): { readonly environment: NodeJS.ProcessEnv; readonly read: Set<string> } {
  const read = new Set<string>();
  const environment = new Proxy({ ...variables } as NodeJS.ProcessEnv, {
    get: (target, name) => {
      if (typeof name === 'string' && name.startsWith('SLUICE_')) read.add(name);
      return target[name as string];
    },
  });
  return { environment, read };
}

/** Lambda and Node read these themselves. */
const readByRuntime = ['NODE_EXTRA_CA_CERTS', 'AWS_NODEJS_CONNECTION_REUSE_ENABLED'];

const silent = { sink: () => {}, now: Date.now };
const handlers: Readonly<Record<string, (environment: NodeJS.ProcessEnv) => unknown>> = {
  sink: (environment) => createSinkHandler(environment, silent),
  filter: readFilterEnvironment,
};

/** Read by code that all roles share, and of no use to this one. */
const ofNoUse: Readonly<Record<string, readonly string[]>> = {
  sink: [],
  // It plans the connector as the sink does, and connects to no database.
  filter: [environmentVariable.databaseCaFile],
};

for (const [role, start] of Object.entries(handlers)) {
  test(`the stack sets exactly the variables that the ${role} function reads`, async (t) => {
    const variables = await variablesOf(t, role);
    const { environment, read } = recording(variables);
    start(environment);
    const set = Object.keys(variables).filter((name) => !readByRuntime.includes(name));
    assert.deepEqual(set.sort(), [...read].filter((name) => !ofNoUse[role]!.includes(name)).sort());
  });
}

test('the stack sets exactly the variables that the admin function reads', async (t) => {
  const variables = await variablesOf(t, 'admin');
  const { environment, read } = recording(variables);
  const handler = createAdminHandler(environment, silent);
  t.after(() => handler.close());
  // Both calls fail for want of a database, after the environment was read.
  const context = { awsRequestId: '1', getRemainingTimeInMillis: () => 600 };
  for (const call of ['status', 'validate']) await handler({ call, connector: ordersConnector }, context);
  const set = Object.keys(variables).filter((name) => !readByRuntime.includes(name));
  assert.deepEqual(set.sort(), [...read].sort());
});

test('the control function gets what connectors made by REST need', async (t) => {
  const { template } = await synthesize(t, { ...smallContext, controlApi: 'iam', provisionedPollers: '1/2' });
  const control = Object.values(template.findResources('AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.FunctionName === 'sluice-default-control',
  );
  const variables = control!.Properties.Environment.Variables;
  assert.deepEqual(Object.keys(variables), [environmentVariable.deploymentDefaults]);
  const text = toText(variables[environmentVariable.deploymentDefaults]);
  const defaults = JSON.parse(text);
  assert.equal(defaults.clusterArn, smallContext.clusterArn);
  assert.equal(defaults.variables[environmentVariable.databaseSecretArn], smallContext.databaseSecretArn);
  assert.deepEqual(defaults.provisionedPollers, { minimum: 1, maximum: 2 });
  assert.match(defaults.roleArn, /RestRole/);
  assert.match(defaults.code.sink.S3Key, /\.zip$/);
});

/** A value of the template with its references by name. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, 'Fn::Sub': sub, Ref: reference } = value as Record<string, never>;
  if (join !== undefined) return (join[1] as unknown[]).map(toText).join(join[0]);
  return String(attribute ?? sub ?? reference);
}
