import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type TestContext } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { createLambdaClient, openLambda, roleArn } from '../support/open-lambda.ts';
import { pollUntil } from '../support/poll-until.ts';
import { buildZipArchive } from '../support/zip-archive.ts';

/** Tells that it is at work by a file, if the event names one, and then waits. */
const source = `import { writeFileSync } from 'node:fs';
export const handler = async (event) => {
  if (event.file) {
    writeFileSync(event.file, '');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
  return process.pid;
};`;

async function forkEndpoint(t: TestContext, dataDir: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(fileURLToPath(new URL('../support/lambda-parent.ts', import.meta.url)), [dataDir]);
  t.after(() => child.kill('SIGKILL'));
  const [url] = (await once(child, 'message')) as [string];
  return { child, url };
}

async function readPids(child: ChildProcess): Promise<number[]> {
  child.send('pids');
  return ((await once(child, 'message')) as [number[]])[0];
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('functions, their unpacked code, mappings and tags survive a restart', async (t) => {
  const first = await openLambda(t);
  const ZipFile = buildZipArchive({ 'index.mjs': `export const handler = async () => 'from zip';` });
  await first.createFunction('one', '', { Code: { ZipFile }, Tags: { a: '1' } });
  await first.client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'one', ReservedConcurrentExecutions: 4 }));
  const { UUID } = await first.client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'one',
      Topics: ['orders'],
      StartingPosition: 'LATEST',
      SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9092'] } },
    }),
  );
  const before = await first.client.send(new GetFunctionCommand({ FunctionName: 'one' }));

  const second = await first.restart();
  const after = await second.client.send(new GetFunctionCommand({ FunctionName: 'one' }));
  assert.deepEqual(after.Configuration, before.Configuration);
  assert.deepEqual([after.Tags, after.Concurrency?.ReservedConcurrentExecutions], [{ a: '1' }, 4]);
  assert.equal((await second.client.send(new GetEventSourceMappingCommand({ UUID }))).State, 'Enabled');
  assert.equal((await second.invoke('one', {})).value, 'from zip');
});

test('a deletion that a restart interrupts is completed by it', async (t) => {
  const first = await openLambda(t);
  await first.createFunction('one', source);
  const input = {
    FunctionName: 'one',
    Topics: ['orders'],
    StartingPosition: 'LATEST' as const,
    SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9092'] } },
  };
  const [deleted, disabled] = [
    await first.client.send(new CreateEventSourceMappingCommand(input)),
    await first.client.send(new CreateEventSourceMappingCommand(input)),
  ];
  first.lambda.onMappingsChanged(() => undefined);
  const path = (uuid: string | undefined) => `${first.lambda.url}/2015-03-31/event-source-mappings/${uuid}`;
  await fetch(path(deleted.UUID), { method: 'DELETE' });
  await fetch(path(disabled.UUID), { method: 'PUT', body: '{"Enabled":false}' });

  const { client } = await first.restart();
  const read = (UUID: string | undefined) => client.send(new GetEventSourceMappingCommand({ UUID }));
  await assert.rejects(read(deleted.UUID), ResourceNotFoundException);
  assert.equal((await read(disabled.UUID)).State, 'Disabled');
});

test('when the endpoint is killed its functions end too, and a new one goes on with what was kept', async (t) => {
  const { dataDir, lambda, writeCode, restart } = await openLambda(t);
  await lambda.stop();
  const { child, url } = await forkEndpoint(t, dataDir);
  const client = createLambdaClient(url);
  t.after(() => client.destroy());
  const S3Key = await writeCode(source);
  for (const FunctionName of ['idle', 'busy']) {
    await client.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: roleArn,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Timeout: 60,
        Code: { S3Bucket: 'hot-reload', S3Key },
      }),
    );
    await client.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
  }
  const file = join(dataDir, 'at-work');
  const broken = assert.rejects(
    client.send(new InvokeCommand({ FunctionName: 'busy', Payload: JSON.stringify({ file }) })),
  );
  await pollUntil('the function is at work', () => existsSync(file));
  const pids = await readPids(child);
  assert.equal(pids.length, 2);
  assert.ok(pids.every(isRunning));

  child.kill('SIGKILL');
  await once(child, 'exit');
  await broken;
  await pollUntil('every function has ended', () => !pids.some(isRunning));
  assert.deepEqual(pids.filter(isRunning), []);

  const again = await restart();
  assert.equal(typeof (await again.invoke('idle', {})).value, 'number');
});

test('an interrupt from the terminal reaches the endpoint alone', async (t) => {
  const { createFunction, invoke } = await openLambda(t);
  await createFunction('one', `export const handler = async () => ({ pid: process.pid });`);
  const { pid } = (await invoke('one', {})).value as { pid: number };
  // A terminal sends SIGINT to its foreground process group; a leader of another group does not belong to it.
  assert.doesNotThrow(() => process.kill(-pid, 0), 'the process leads a group of its own');
});

test('a taken port and a folder that cannot be made are told apart', async (t) => {
  const { lambda } = await openLambda(t);
  const port = Number(new URL(lambda.url).port);
  await assert.rejects(openLambda(t, { port }), { name: 'SluiceError', code: 'PORT_TAKEN' });
  const dataDir = fileURLToPath(import.meta.url);
  await assert.rejects(openLambda(t, { dataDir }), { code: 'FOLDER_UNUSABLE' });
});
