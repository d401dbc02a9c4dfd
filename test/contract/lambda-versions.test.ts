import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  ListEventSourceMappingsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { openLambda } from '../support/open-lambda.ts';

const greet = 'export const handler = async () => ({ greeting: process.env.GREETING });';
const FunctionName = 'one';
const variables = (GREETING: string) => ({ Environment: { Variables: { GREETING } } });

test('a version stays as it was published, and an alias moves from one to the next at once', async (t) => {
  const { client, createFunction, invoke } = await openLambda(t);
  const created = await createFunction(FunctionName, greet, { Publish: true, ...variables('first') });
  assert.equal(created.Version, '1');
  assert.match(created.FunctionArn ?? '', /:function:one:1$/);
  const alias = await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  assert.match(alias.AliasArn ?? '', /:function:one:live$/);

  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...variables('second') }));
  assert.equal((await invoke('one:live', {})).value.greeting, 'first');
  assert.equal((await invoke('one', {})).value.greeting, 'second');

  const { Version } = await client.send(new PublishVersionCommand({ FunctionName }));
  assert.equal(Version, '2');
  assert.equal((await invoke('one:live', {})).value.greeting, 'first');
  await client.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: Version }));
  const moved = await invoke('one:live', {}, { LogType: 'Tail' });
  assert.equal(moved.value.greeting, 'second');
  const shown = await client.send(new GetFunctionCommand({ FunctionName: 'one:live' }));
  assert.equal(shown.Configuration?.Version, '2');
  assert.match(shown.Configuration?.FunctionArn ?? '', /:function:one:live$/);
});

test('nothing new makes no new version, and a version goes only when no alias leads to it', async (t) => {
  const { client, createFunction, invoke, restart } = await openLambda(t);
  await createFunction(FunctionName, greet, { Publish: true, ...variables('a') });
  assert.equal((await client.send(new PublishVersionCommand({ FunctionName }))).Version, '1');
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...variables('b') }));
  assert.equal((await client.send(new PublishVersionCommand({ FunctionName }))).Version, '2');
  await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  await assert.rejects(client.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '1' })), {
    name: 'ResourceConflictException',
  });
  await client.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '2' }));
  await assert.rejects(invoke('one:2', {}), { name: 'ResourceNotFoundException' });
  const { client: later } = await restart();
  const { Versions = [] } = await later.send(new ListVersionsByFunctionCommand({ FunctionName }));
  assert.deepEqual(
    Versions.map((version) => version.Version),
    ['$LATEST', '1'],
  );
  assert.equal((await later.send(new GetAliasCommand({ FunctionName, Name: 'live' }))).FunctionVersion, '1');
  await assert.rejects(later.send(new GetAliasCommand({ FunctionName, Name: 'dead' })), {
    name: 'ResourceNotFoundException',
  });
});

test('a mapping of an alias is listed under the alias, and invokes the version that it leads to', async (t) => {
  const { client, createFunction, lambda } = await openLambda(t);
  await createFunction(FunctionName, greet, { Publish: true, ...variables('a') });
  await client.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  const mapping = await client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'one:live',
      Topics: ['t'],
      StartingPosition: 'LATEST',
      SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9092'] } },
    }),
  );
  const listed = async (name: string) =>
    (await client.send(new ListEventSourceMappingsCommand({ FunctionName: name }))).EventSourceMappings?.length;
  assert.deepEqual([await listed('one:live'), await listed('one')], [1, 0]);
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...variables('b') }));
  const invoked = await lambda.invoke(mapping.FunctionArn ?? '', Buffer.from('{}'));
  assert.deepEqual(JSON.parse(invoked.payload.toString()), { greeting: 'a' });
});
