import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import {
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvalidParameterValueException,
  ListTagsCommand,
  paginateListFunctions,
  PreconditionFailedException,
  PutFunctionConcurrencyCommand,
  ResourceConflictException,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { openLambda, roleArn } from '../support/open-lambda.ts';
import { buildZipArchive } from '../support/zip-archive.ts';

const echo = 'export const handler = async (event) => event;';

test('a function is created, read, listed and deleted', async (t) => {
  const { client, createFunction } = await openLambda(t);
  const created = await createFunction('one', echo, {
    Environment: { Variables: { COLOUR: 'blue' } },
    MemorySize: 256,
    Tags: { team: 'a' },
  });
  assert.equal(created.FunctionArn, 'arn:aws:lambda:us-east-1:000000000000:function:one');
  assert.equal(created.Version, '$LATEST');
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 5 }, { FunctionName: 'one' });

  for (const FunctionName of ['one', created.FunctionArn, '000000000000:function:one', 'one:$LATEST']) {
    const { Configuration, Tags } = await client.send(new GetFunctionCommand({ FunctionName }));
    assert.deepEqual(Tags, { team: 'a' });
    assert.deepEqual(Configuration?.Environment, { Variables: { COLOUR: 'blue' } });
    assert.deepEqual([Configuration?.MemorySize, Configuration?.Timeout, Configuration?.Role], [256, 20, roleArn]);
  }

  await createFunction('two', echo);
  await createFunction('three', echo);
  const pages: (string | undefined)[][] = [];
  for await (const page of paginateListFunctions({ client, pageSize: 2 }, {})) {
    pages.push(page.Functions?.map((found) => found.FunctionName) ?? []);
  }
  assert.deepEqual(pages, [['one', 'three'], ['two']]);

  await client.send(new DeleteFunctionCommand({ FunctionName: 'one' }));
  await assert.rejects(
    client.send(new GetFunctionConfigurationCommand({ FunctionName: 'one' })),
    (error: ResourceNotFoundException) => {
      assert.ok(error instanceof ResourceNotFoundException);
      assert.equal(error.message, 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:one');
      assert.deepEqual([error.$metadata.httpStatusCode, error.Type], [404, 'User']);
      return true;
    },
  );
});

test('a second function of the same name is a conflict, also when both are created at once', async (t) => {
  const { createFunction } = await openLambda(t);
  const both = await Promise.allSettled([createFunction('one', echo), createFunction('one', echo)]);
  assert.deepEqual(both.map((result) => result.status).sort(), ['fulfilled', 'rejected']);
  await assert.rejects(createFunction('one', echo), (error: ResourceConflictException) => {
    assert.ok(error instanceof ResourceConflictException);
    assert.equal(error.message, 'Function already exist: one');
    return error.$metadata.httpStatusCode === 409;
  });
});

test('what Lambda refuses is refused with InvalidParameterValueException', async (t) => {
  const { createFunction, client } = await openLambda(t);
  const refused: [object, RegExp][] = [
    [{ FunctionName: 'a b' }, /FunctionName/],
    [{ Role: 'me' }, /Role/],
    [{ Runtime: 'python3.13' }, /Runtime python3.13/],
    [{ Handler: undefined }, /Handler/],
    [{ Timeout: 901 }, /Timeout must be an integer from 1 to 900/],
    [{ MemorySize: 64 }, /MemorySize/],
    [{ Environment: { Variables: { AWS_REGION: 'eu-west-1' } } }, /reserved keys.*AWS_REGION/],
    [{ Environment: { Variables: { '1a': 'x' } } }, /1a has an invalid name/],
    [{ Environment: { Variables: { BIG: 'x'.repeat(4096) } } }, /exceeded the 4KB limit/],
    [{ Code: { S3Bucket: 'elsewhere', S3Key: 'code.zip' } }, /Code must be a ZipFile, or a local folder/],
    [{ Code: { S3Bucket: 'hot-reload', S3Key: '/no/such/folder' } }, /must be the absolute path of a folder/],
    [{ Code: { ZipFile: Buffer.from('no zip') } }, /Could not unzip/],
  ];
  for (const [more, expected] of refused) {
    await assert.rejects(createFunction('one', echo, more), (error: Error) => {
      assert.ok(error instanceof InvalidParameterValueException, `${expected}: ${error}`);
      assert.match(error.message, expected);
      return true;
    });
  }
  await createFunction('one', echo, { Environment: { Variables: { BIG: 'x'.repeat(4086) } } });
  await assert.rejects(
    client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'one', Timeout: 0 })),
    InvalidParameterValueException,
  );
});

test('an update changes the fields that it names and starts the function afresh', async (t) => {
  const { client, createFunction, invoke } = await openLambda(t);
  const source = 'let n = 0; export const handler = async () => ({ n: ++n, colour: process.env.COLOUR });';
  await createFunction('one', source, { Environment: { Variables: { COLOUR: 'blue' } } });
  assert.deepEqual((await invoke('one', {})).value, { n: 1, colour: 'blue' });
  assert.deepEqual((await invoke('one', {})).value, { n: 2, colour: 'blue' });

  const Environment = { Variables: { COLOUR: 'red' } };
  const updated = await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'one', Environment }));
  assert.deepEqual([updated.Timeout, updated.LastUpdateStatus], [20, 'Successful']);
  assert.deepEqual((await invoke('one', {})).value, { n: 1, colour: 'red' });

  const stale = new UpdateFunctionConfigurationCommand({ FunctionName: 'one', RevisionId: 'old', Timeout: 9 });
  await assert.rejects(client.send(stale), PreconditionFailedException);
  const RevisionId = updated.RevisionId;
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'one', RevisionId, Timeout: 9 }));
});

test('code comes as a folder or as a ZIP file and can be replaced', async (t) => {
  const { client, createFunction, invoke, writeCode, dataDir } = await openLambda(t);
  const answering = (text: string) => `export const handler = async () => '${text}';`;
  const ZipFile = buildZipArchive({
    'index.mjs': "export { handler } from './lib/a.mjs';",
    'lib/a.mjs': answering('zip'),
  });
  const zipped = await createFunction('one', '', { Code: { ZipFile } });
  assert.equal(zipped.CodeSize, ZipFile.length);
  assert.equal((await invoke('one', {})).value, 'zip');

  const S3Key = await writeCode(answering('folder'));
  const updated = await client.send(
    new UpdateFunctionCodeCommand({ FunctionName: 'one', S3Bucket: 'hot-reload', S3Key }),
  );
  assert.notEqual(updated.CodeSha256, zipped.CodeSha256);
  assert.equal((await invoke('one', {})).value, 'folder');

  await client.send(new DeleteFunctionCommand({ FunctionName: 'one' }));
  assert.equal(existsSync(`${dataDir}/lambda/code/one`), false, 'unpacked code goes with its function');
  assert.equal(existsSync(S3Key), true, 'a folder of the user stays');
});

test('a CommonJS function runs in a data folder inside a project of ES modules, also after a restart', async (t) => {
  const project = mkdtempSync(join(tmpdir(), 'sluice-project-'));
  t.after(() => rmSync(project, { recursive: true, force: true }));
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  const opened = await openLambda(t, { dataDir: join(project, '.sluice') });
  const code = (answer: string) => ({
    ZipFile: buildZipArchive({ 'index.js': `exports.handler = async () => '${answer}';` }),
  });
  await opened.createFunction('one', '', { Code: code('first') });
  assert.equal((await opened.invoke('one', {})).value, 'first');
  const again = await opened.restart();
  assert.equal((await again.invoke('one', {})).value, 'first');
  await again.createFunction('two', '', { Code: code('second') });
  assert.equal((await again.invoke('two', {})).value, 'second');
});

test('tags are added, replaced and removed by ARN', async (t) => {
  const { client, createFunction } = await openLambda(t);
  const { FunctionArn: Resource } = await createFunction('one', echo, { Tags: { a: '1', 'sluice:b': '2' } });
  await client.send(new TagResourceCommand({ Resource, Tags: { a: '3', c: '4' } }));
  await client.send(new UntagResourceCommand({ Resource, TagKeys: ['sluice:b', 'none'] }));
  assert.deepEqual((await client.send(new ListTagsCommand({ Resource }))).Tags, { a: '3', c: '4' });
  const unknown = `${Resource}x`;
  await assert.rejects(client.send(new ListTagsCommand({ Resource: unknown })), ResourceNotFoundException);
});

test('reserved concurrency is set, read and taken away', async (t) => {
  const { client, createFunction } = await openLambda(t);
  await createFunction('one', echo);
  const FunctionName = 'one';
  const read = async () =>
    (await client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
  await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 3 }));
  assert.equal(await read(), 3);
  await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  assert.equal(await read(), undefined);
});

test('a call that the endpoint does not have says so', async (t) => {
  const { client, createFunction } = await openLambda(t);
  await createFunction('one', echo);
  await assert.rejects(client.send(new GetPolicyCommand({ FunctionName: 'one' })), (error: Error) => {
    assert.equal(error.name, 'UnknownOperationException');
    assert.match(error.message, /No such call: GET/);
    return true;
  });
  await assert.rejects(client.send(new GetFunctionCommand({ FunctionName: 'one:7' })), ResourceNotFoundException);
});
