import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { StackStatus } from '../../localstack/cli/stack-status.ts';
import { pollUntil } from '../support/poll-until.ts';
import { endStack, runSluice, type StackProcess, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

describe('the command line', () => {
  const dataDir = makeTemporaryFolder('sluice-e2e');
  let stack: StackProcess;
  const sluice = (...args: string[]) => runSluice([...args, '--data-dir', dataDir]);

  before(async () => {
    stack = await startStack(dataDir);
  });
  after(async () => {
    if (stack !== undefined) await endStack(stack, 'SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('query prints rows as psql does, other statements by their names, and refuses by PostgreSQL’s words', async () => {
    const { stdout } = await sluice(
      'query',
      "create table q (n int, t text); insert into q values (1, 'x'), (20, null)",
    );
    assert.equal(stdout, 'CREATE\nINSERT 2\n');
    const rows = await sluice('query', 'select * from q order by n');
    assert.equal(rows.stdout, ' n  | t\n----+---\n  1 | x\n 20 |\n(2 rows)\n');
    const json = await sluice(
      'query',
      '--json',
      `select n, t, '{"big": 12345678901234567890}'::jsonb as j from q where n = 1`,
    );
    assert.match(json.stdout, /"big": 12345678901234567890/);
    assert.deepEqual(Object.keys(JSON.parse(json.stdout)[0]), ['n', 't', 'j']);
    const both = await sluice('query', '--json', 'select 1 as n; select 2 as n');
    assert.deepEqual(JSON.parse(both.stdout), [[{ n: 1 }], [{ n: 2 }]]);
    const refused = await sluice('query', 'select nothing');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^sluice: column "nothing" does not exist\. SQLSTATE 42703 \(DATABASE_REFUSED\)\n$/);
  });

  test('produce sends every byte of every line, consume prints them', async () => {
    const lines = ['plain', '{"json": 1.50}', 'key|\tvalue|ü€😀', '\r'];
    const sent = await runSluice(['produce', 'bytes', '--data-dir', dataDir], `${lines.join('\n')}\n\n`);
    assert.equal(sent.stdout, '4 records to bytes (partition 0: offset 0 to 3)\n');
    const got = await sluice('consume', 'bytes', '--from-beginning', '--max-messages', '4');
    assert.equal(got.stdout, `${lines.join('\n')}\n`);
  });

  test('produce splits keys off, and refuses a line without one', async () => {
    const file = join(dataDir, 'keyed.txt');
    writeFileSync(file, 'a::1\nb::2::3');
    const sent = await sluice('produce', 'keyed', file, '--key-separator', '::');
    assert.equal(sent.stdout, '2 records to keyed (partition 0: offset 0 to 1)\n');
    const got = await sluice('consume', 'keyed', '--from-beginning', '--max-messages', '2', '--key-separator', ' -> ');
    assert.equal(got.stdout, 'a -> 1\nb -> 2::3\n');
    writeFileSync(file, `${'a::1\n'.repeat(1_200)}no key\na::2\n`);
    const refused = await sluice('produce', 'stopped', file, '--key-separator', '::');
    assert.equal(refused.code, 1);
    assert.equal(
      refused.stderr,
      'sluice: Line 1201 does not hold the key separator. 1200 records were stored; it stopped at line 1201. (CONFIG_INVALID)\n',
    );
    writeFileSync(file, 'a::2\n');
    const next = await sluice('produce', 'stopped', file, '--key-separator', '::');
    assert.equal(next.stdout, '1 record to stopped (partition 0: offset 1200)\n');
    const empty = await sluice('produce', 'keyed', file, '--key-separator', '');
    assert.equal(empty.code, 1);
    assert.match(empty.stderr, /must not be empty/);
    const missing = await sluice('produce', 'keyed', join(dataDir, 'nothing'));
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^sluice: ENOENT[^\n]*\n$/);
  });

  test('a connector is created from a file, listed, paused, resumed, shown and deleted', async () => {
    await sluice('query', 'create table people (id int primary key, name text)');
    const file = join(dataDir, 'people.json');
    const config = { 'connector.class': 'io.sluice.SluiceSinkConnector', topics: 'people', 'connection.url': '***' };
    writeFileSync(file, JSON.stringify({ name: 'people', config }));
    const created = await sluice('connectors', 'create', file, '--local', '--set', 'target.tablename=people');
    assert.equal(created.stdout, 'people created\n', created.stderr);
    const again = await sluice('connectors', 'create', file, '--local');
    assert.equal(again.code, 1);
    assert.match(again.stderr, /already exists.*\(REQUEST_REFUSED\)\n$/);
    const stateIs = (state: string) => async () =>
      (await sluice('connectors', 'list')).stdout.includes(`people | ${state}`);
    await pollUntil('it runs', stateIs('RUNNING'));
    assert.equal((await sluice('connectors', 'pause', 'people')).stdout, 'people paused\n');
    await pollUntil('it is paused', stateIs('PAUSED'));
    assert.equal((await sluice('connectors', 'resume', 'people')).stdout, 'people resumed\n');
    await pollUntil('it runs again', stateIs('RUNNING'));
    const record = '{"op": "c", "before": null, "after": {"id": 7, "name": "Ada"}}';
    await runSluice(['produce', 'people', '--data-dir', dataDir], record);
    await pollUntil('the row is there', async () =>
      (await sluice('query', 'select name from people')).stdout.includes('Ada'),
    );
    assert.match((await sluice('connectors', 'status', 'people')).stdout, /^people +RUNNING\n +task 0 +RUNNING\n$/);
    const mappings = async () => (JSON.parse((await sluice('status', '--json')).stdout) as StackStatus).mappings;
    await pollUntil('nothing waits', async () => (await mappings())[0]?.lag === 0);
    assert.deepEqual(
      (await mappings()).map(({ topic, state, lastError }) => ({ topic, state, lastError })),
      [{ topic: 'people', state: 'Enabled', lastError: undefined }],
    );
    assert.match((await sluice('status')).stdout, /^ {2}people {2}sluice-local-people-\S+-sink {2}Enabled {3}lag 0$/m);
    assert.match((await sluice('logs')).stdout, /REPORT RequestId/);
    assert.match((await sluice('logs', 'people')).stdout, /-sink +\| .*REPORT RequestId/);
    assert.match((await sluice('logs', 'connect')).stdout, /\[UP\] +connect/);
    const unknown = await sluice('logs', 'nobody');
    assert.match(unknown.stderr, /^sluice: No log of nobody\. There are logs of .*sluice-local-people-.*connect.*\n$/);
    assert.match((await sluice('logs', 'stack')).stdout, /\[UP\] +connect/);

    assert.equal((await sluice('connectors', 'delete', 'people')).stdout, 'people deleted\n');
    assert.equal((await sluice('connectors', 'status', 'people')).code, 1);
  });

  test('no compiler stays behind', () => {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,args='], { encoding: 'utf8' });
    const children = stdout.split('\n').filter((line) => line.trim().startsWith(`${stack.child.pid} `));
    assert.ok(children.length > 0, stdout);
    assert.deepEqual(
      children.filter((line) => line.includes('esbuild')),
      [],
    );
  });

  test('wrong arguments are named, with where to read on', async () => {
    for (const args of [
      ['frobnicate'],
      ['start', 'nothing'],
      ['start', '--connect-port', '99999'],
      ['consume', 't', '--max-messages', '0'],
    ]) {
      const result = await runSluice(args);
      assert.equal(result.code, 1);
      assert.match(result.stderr, /^error: [^\n]+\n\(add --help for what the command takes\)\n$/);
    }
  });
});
