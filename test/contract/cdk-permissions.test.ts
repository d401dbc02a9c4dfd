import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ordersConnector, smallContext, synthesize } from '../support/synthesize.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where IAM calls an action otherwise than the API its operation. */
const otherNames: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction' };

/** Actions of the calls that the sources of a folder make by the SDK for Lambda. */
function lambdaCalls(pattern: string): readonly string[] {
  const text = globSync(pattern, { cwd: root })
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n');
  const names = [...text.matchAll(/new ([A-Z]\w+)Command\(|\bpaginate([A-Z]\w+)\(/g)].map(
    ([, one, other]) => `lambda:${one ?? other}`,
  );
  return [...new Set(names.map((name) => otherNames[name] ?? name))].sort();
}

/** Actions of the signed requests that the sources make without an SDK. */
function signedCalls(): readonly string[] {
  const text = globSync('shared/aws/*.ts', { cwd: root })
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n');
  const targets = [...text.matchAll(/'(secretsmanager|AmazonSSM)\.(\w+)'/g)].map(
    ([, service, operation]) => `${service === 'AmazonSSM' ? 'ssm' : service}:${operation}`,
  );
  const connects = /rds-db:connect|Action=connect|'connect'/.test(text) ? ['rds-db:connect'] : [];
  return [...new Set([...targets, ...connects])].sort();
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Statements by the role's place in the stack. */
async function statementsOf(
  t: TestContext,
  context: Record<string, unknown>,
): Promise<ReadonlyMap<string, readonly Statement[]>> {
  const { template } = await synthesize(t, { ...smallContext, ...context });
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  return new Map(
    policies.map(({ Properties }) => [Properties.Roles[0].Ref as string, Properties.PolicyDocument.Statement]),
  );
}

function actionsOf(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap(({ Action }) => Action);
}

const key = 'arn:aws:kms:eu-central-1:111122223333:key/0f0f0f0f-1111-2222-3333-444444444444';

const everyLogin = {
  ...ordersConnector,
  config: {
    ...ordersConnector.config,
    'connection.url': 'jdbc:postgresql://db.example.com/shop',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: form of a reference
    'connection.user': '${ssm:/shop/user}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: form of a reference
    'connection.password': '${secretsmanager:shop/database:password}',
  },
};

test('the control function may do every call to Lambda that its code makes', async (t) => {
  const calls = lambdaCalls('functions/control/*.ts');
  assert.ok(calls.includes('lambda:CreateEventSourceMapping') && calls.includes('lambda:ListFunctions'), calls.join());
  const roles = await statementsOf(t, { controlApi: 'iam' });
  const control = [...roles].find(([role]) => role.includes('Control') && role.includes('Api'))![1];
  for (const call of calls) assert.ok(actionsOf(control).includes(call), call);
});

test('the filter function may do every call to Lambda that its code makes', async (t) => {
  const calls = lambdaCalls('functions/filter/*.ts');
  assert.deepEqual(calls, ['lambda:InvokeFunction']);
  const config = { ...ordersConnector.config, topology: 'chained' };
  const roles = await statementsOf(t, { connectors: { ...ordersConnector, config } });
  const filter = [...roles].find(([role]) => role.includes('Filter'))![1];
  for (const call of calls) assert.ok(actionsOf(filter).includes(call), call);
});

test('sink and admin function may do every signed request that the code makes, where the connector asks for it', async (t) => {
  const calls = signedCalls();
  assert.deepEqual(calls, ['rds-db:connect', 'secretsmanager:GetSecretValue', 'ssm:GetParameter']);
  const iam = {
    databaseSecretArn: undefined,
    databaseHost: 'db.example.com',
    databaseName: 'shop',
    databaseIamUser: 'sluice',
    databaseResourceId: 'db-ABCDEFGHIJKLMNOP',
  };
  const bySecret = await statementsOf(t, { connectors: everyLogin });
  const byToken = await statementsOf(t, iam);
  for (const role of ['Sink', 'Admin']) {
    const both = [bySecret, byToken].map((roles) => actionsOf([...roles].find(([name]) => name.includes(role))![1]));
    for (const call of calls)
      assert.ok(
        both.some((actions) => actions.includes(call)),
        `${role} ${call}`,
      );
  }
});

test('no connector has an action with *, nor a resource * but for network interfaces', async (t) => {
  const roles = await statementsOf(t, { provisionedPollers: '1/2', onFailure: 'kafka://lost', retryAttempts: '3' });
  for (const [role, statements] of roles) {
    for (const { Action, Resource } of statements) {
      assert.ok(![Action].flat().some((action) => action.includes('*')), `${role} ${Action}`);
      const isEverything = [Resource].flat().includes('*');
      if (isEverything)
        assert.ok(
          [Action].flat().every((action) => action.startsWith('ec2:')),
          `${role} ${Action}`,
        );
    }
  }
});

test('on MSK a connector may read its own topics by its own groups, and nothing else of Kafka', async (t) => {
  const roles = await statementsOf(t, {});
  const reader = [...roles].find(([role]) => role.includes('Sink'))![1];
  const resources = new Map(
    reader.flatMap(({ Action, Resource }) => [Action].flat().map((action) => [action, [Resource].flat()] as const)),
  );
  const of = (kind: string, name: string) => [`${smallContext.clusterArn.replace(':cluster/', `:${kind}/`)}/${name}`];
  assert.deepEqual(resources.get('kafka-cluster:ReadData'), of('topic', 'orders'));
  assert.deepEqual(resources.get('kafka-cluster:AlterGroup'), of('group', 'sluice-default-orders-orders'));
  assert.deepEqual(resources.get('kafka-cluster:Connect'), [smallContext.clusterArn]);
  assert.equal(resources.has('kafka-cluster:WriteData'), false);
  const admin = actionsOf([...roles].find(([role]) => role.includes('Admin'))![1]);
  assert.ok(
    admin.every((action) => !action.startsWith('kafka')),
    admin.join(),
  );
});

test('the control function may change what REST made, and nothing that the stack holds', async (t) => {
  const roles = await statementsOf(t, { controlApi: 'iam', encryptionKeyArn: key });
  const control = [...roles].find(([role]) => role.startsWith('ControlApi'))![1];
  const of = (action: string) => control.filter(({ Action }) => [Action].flat().includes(action));
  for (const action of ['lambda:UpdateFunctionConfiguration', 'lambda:DeleteFunction']) {
    assert.deepEqual(
      of(action).map(({ Condition }) => Condition),
      [{ StringNotEquals: { 'aws:ResourceTag/sluice:managed-by': 'cdk' } }],
    );
  }
  const { template } = await synthesize(t, { ...smallContext, controlApi: 'iam' });
  for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function'))) {
    const name = Properties.FunctionName as string;
    const manager = Properties.Tags.find(({ Key }: { Key: string }) => Key === 'sluice:managed-by')?.Value;
    assert.equal(manager, name.startsWith('sluice-default-orders-') ? 'cdk' : undefined, name);
  }
  // It invokes the admin function of the stage, too, and reads environments that a key of the customer encrypts.
  assert.match(JSON.stringify(of('lambda:InvokeFunction')), /function:sluice-default-admin"/);
  assert.deepEqual(of('kms:Decrypt')[0]!.Resource, key);
});

test('functions made by REST may read every secret that the deployment gives them, and those named for them', async (t) => {
  const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}-AbCdEf`;
  const registry = { schemaRegistryUrl: 'https://registry.example', schemaRegistrySecretArn: secret('registry') };
  const kafka = { clusterArn: smallContext.clusterArn, kafkaAuth: 'scram-512', kafkaSecretArn: secret('kafka') };
  const roles = await statementsOf(t, { controlApi: 'iam', ...registry, ...kafka, secretKeyArns: key });
  const rest = [...roles].find(([role]) => role.includes('RestRole'))![1];
  const readable = rest.filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'));
  const resources = readable.flatMap(({ Resource }) => Resource);
  assert.ok(resources.some((one) => JSON.stringify(one).includes(':secret:sluice/default/*')));
  const found = resources.filter((one) => typeof one === 'string').sort();
  assert.deepEqual(found, [smallContext.databaseSecretArn, secret('kafka'), secret('registry')].sort());
  assert.ok(actionsOf(rest).includes('kms:Decrypt'));
  assert.ok(!actionsOf(rest).includes('logs:CreateLogGroup'));

  const iam = { databaseSecretArn: undefined, databaseIamUser: 'sluice', databaseResourceId: 'db-ABCDEFGHIJKLMNOP' };
  const place = { databaseHost: 'db.example.com', databaseName: 'shop' };
  const byToken = await statementsOf(t, { controlApi: 'iam', ...kafka, ...iam, ...place, secretKeyArns: key });
  assert.ok(actionsOf([...byToken].find(([role]) => role.includes('RestRole'))![1]).includes('kms:Decrypt'));
});

test('a connector of a schema registry may ask it from every function that decodes', async (t) => {
  const registrySecret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:registry-AbCdEf';
  const registry = {
    schemaRegistryUrl: 'https://registry.example',
    schemaRegistrySecretArn: registrySecret,
    glueRegistryArn: 'arn:aws:glue:eu-central-1:111122223333:registry/shop',
  };
  const deployed = async (converter: string) => {
    const config = { ...ordersConnector.config, topology: 'chained', 'value.converter': converter };
    const roles = await statementsOf(t, { ...registry, connectors: { ...ordersConnector, config } });
    const ofConnector = [...roles].filter(([role]) => role.toLowerCase().includes('orders'));
    return ['Sink', 'Filter', 'Admin'].map((name) => ofConnector.find(([role]) => role.includes(name))![1]);
  };
  for (const statements of await deployed('io.confluent.connect.avro.AvroConverter')) {
    const readable = statements.filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'));
    assert.ok(readable.flatMap(({ Resource }) => Resource).includes(registrySecret));
    assert.ok(!actionsOf(statements).includes('glue:GetSchemaVersion'));
  }
  for (const statements of await deployed('com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter')) {
    assert.ok(actionsOf(statements).includes('glue:GetSchemaVersion'));
  }
});
