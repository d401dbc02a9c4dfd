import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { changeConnector, createConnector, createTopic, produceJson, toCreate } from '../support/stack-client.ts';
import { endStack, runSluice, type StackProcess, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

describe('connectors are watched from the terminal', () => {
  const dataDir = makeTemporaryFolder('sluice-e2e');
  let stack: StackProcess;
  const sluice = (...args: string[]) => runSluice([...args, '--data-dir', dataDir]);

  before(async () => {
    stack = await startStack(dataDir);
    await sluice('query', 'create table cars (id int primary key)');
    await createTopic(stack, 'cars', 2);
    await produceJson(
      stack,
      'cars',
      Array.from({ length: 200 }, (_, id) => ({ key: id, ...toCreate({ id }) })),
    );
    await createConnector(stack, 'cars', {
      topics: 'cars',
      'target.tablename': 'cars',
      'value.converter.schemas.enable': 'false',
    });
  });
  after(async () => {
    if (stack !== undefined) await endStack(stack, 'SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('watch ends with 0 when everything that was there is settled', async () => {
    const watched = await sluice('watch', 'cars', '--interval', '0.2', '--timeout', '60');
    assert.deepEqual([watched.code, watched.stderr], [0, '']);
    assert.match(watched.stdout, /^100% \d+ of \d+ records.*\ncars is there after .*\n$/m);
    assert.match((await sluice('query', 'select count(*) from cars')).stdout, / 200\n/);
  });

  test('top has a line for each connector where the output is no terminal', async () => {
    const { code, stdout } = await sluice('top', '--count', '2', '--interval', '0.2');
    assert.equal(code, 0);
    assert.match(stdout, /^\S+Z cars RUNNING lag=0 committed=\S+ letters=0\n\S+Z cars RUNNING rate=0 lag=0 /);
    const [line] = (await sluice('top', '--count', '1', '--json')).stdout.split('\n');
    const { connectors } = JSON.parse(line!) as { connectors: { name: string; records: number }[] };
    assert.deepEqual(
      connectors.map(({ name, records }) => [name, records]),
      [['cars', 200]],
    );
  });

  test('watch ends with 1 for a connector that does not go on, is too slow, or is not there', async () => {
    const missing = await sluice('watch', 'nobody');
    assert.deepEqual([missing.code, missing.stdout], [1, '']);
    await changeConnector(stack, 'cars', 'pause');
    await produceJson(stack, 'cars', [toCreate({ id: 500 })]);
    const paused = await sluice('watch', 'cars');
    assert.equal(paused.code, 1);
    assert.match(paused.stdout, /^0% 0 of 1 records\n$/);
    assert.match(paused.stderr, /^sluice: cars is PAUSED: .*\(CONNECTOR_BEHIND\)\n$/);
    await changeConnector(stack, 'cars', 'resume');
    assert.equal((await sluice('watch', 'cars', '--url', stack.connectUrl, '--timeout', '60')).code, 0);
    await sluice('query', 'alter table cars rename to lorries');
    await produceJson(stack, 'cars', [toCreate({ id: 501 })]);
    const blocked = await sluice('watch', 'cars', '--timeout', '3', '--interval', '0.5');
    assert.equal(blocked.code, 1);
    assert.match(blocked.stderr, /cars lacks 1 records after 3 s\. \(CONNECTOR_BEHIND\)/);
  });
});
