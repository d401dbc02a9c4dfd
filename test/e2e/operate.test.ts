import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pollUntil } from '../support/poll-until.ts';
import { endStack, runSluice, type StackProcess, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

describe('a connector is operated from the command line', () => {
  const dataDir = makeTemporaryFolder('sluice-e2e');
  const file = join(dataDir, 'birds.json');
  let stack: StackProcess;
  const sluice = (...args: string[]) => runSluice([...args, '--data-dir', dataDir]);
  const json = async (...args: string[]) => JSON.parse((await sluice(...args, '--json')).stdout);
  const rows = async () =>
    (await json('query', 'select id from birds order by id')).map(({ id }: { id: number }) => id);

  before(async () => {
    stack = await startStack(dataDir);
    await sluice('query', 'create table birds (id int primary key, name text)');
    const config = {
      'connector.class': 'io.sluice.SluiceSinkConnector',
      topics: 'birds',
      'target.tablename': 'birds',
      'value.converter.schemas.enable': 'false',
    };
    writeFileSync(file, JSON.stringify({ name: 'birds', config }));
  });
  after(async () => {
    if (stack !== undefined) await endStack(stack, 'SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('validate tells what is wrong and ends with 2, and nothing is made', async () => {
    const wrong = await sluice('validate', file, '--offline', '--set', 'tasks.max=many');
    assert.equal(wrong.code, 2, wrong.stderr);
    assert.match(wrong.stdout, / tasks\.max +\| Invalid value many/);
    const { configs } = await json('validate', file, '--offline', '--set', 'tasks.max=many');
    assert.ok(configs.length > 50);
    assert.doesNotMatch((await sluice('connectors', 'list')).stdout, /birds/);
  });

  test('create, status with progress, patch, config and topics', async () => {
    assert.equal((await sluice('connectors', 'create', file, '--local')).stdout, 'birds created\n');
    const lines = Array.from({ length: 10 }, (_, id) => JSON.stringify({ op: 'c', before: null, after: { id } }));
    await runSluice(['produce', 'birds', '--data-dir', dataDir], `${lines.join('\n')}\n`);
    await pollUntil('the rows are there', async () => (await rows()).length === 10);
    const status = await json('connectors', 'status', 'birds', '--progress');
    assert.deepEqual([status.progress.partitions[0].nextOffset, status.progress.partitions[0].lag], [10, 0]);
    const { stdout } = await sluice('connectors', 'status', 'birds', '--progress');
    assert.match(stdout, /^birds +RUNNING\n {2}task 0 +RUNNING\n\n +topic/);
    assert.equal((await sluice('connectors', 'patch', 'birds', '--set', 'tasks.max=2')).stdout, 'birds changed\n');
    assert.match((await sluice('connectors', 'config', 'birds')).stdout, / tasks\.max +\| 2\n/);
    assert.equal((await sluice('connectors', 'topics', 'birds')).stdout, 'birds\n');
  });

  test('dry-run tells the SQL and the verdict of records, and writes nothing', async () => {
    await sluice('query', 'create table planned (id int primary key, name text)');
    const args = ['dry-run', file, '--local', '--from', 'birds', '--limit', '3', '--set', 'target.tablename=planned'];
    const { stdout, stderr, code } = await sluice(...args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^birds:0:0 applied\n {2}insert into .*planned.*\n {2}\[/);
    const { records } = await json(...args);
    assert.deepEqual(
      records.map(({ offset, verdict }: { offset: number; verdict: string }) => [offset, verdict]),
      [
        [0, 'applied'],
        [1, 'applied'],
        [2, 'applied'],
      ],
    );
    assert.deepEqual(await json('query', 'select * from planned'), []);
    const missing = await sluice(...args, '--set', 'target.tablename=nowhere');
    assert.equal(missing.code, 2);
    assert.match(missing.stdout, /^birds:0:0 stopped, TABLE_MISSING: /);
  });

  test('a rewind applies the records again from the wanted offset on, and none before it', async () => {
    const early = await sluice('offsets', 'set', 'birds', 'birds:0:6');
    assert.equal(early.code, 1);
    assert.match(early.stderr, /must be in the STOPPED state/);
    assert.equal((await sluice('connectors', 'stop', 'birds')).stdout, 'birds stopped\n');
    await sluice('query', 'delete from birds');
    await pollUntil('the offsets move', async () => (await sluice('offsets', 'set', 'birds', 'birds:0:6')).code === 0);
    await sluice('connectors', 'resume', 'birds');
    await pollUntil('the rows come again', async () => (await rows()).length === 4);
    assert.deepEqual(await rows(), [6, 7, 8, 9]);
    const { progress } = await json('connectors', 'status', 'birds', '--progress');
    assert.equal(progress.totals.duplicate, 0, 'the new group began at the wanted offset');
  });

  test('restart, log levels, dead letters and deletion', async () => {
    assert.match((await sluice('connectors', 'restart', 'birds')).stdout, /^birds +RESTARTING\n/);
    assert.equal(
      (await sluice('loggers', 'set', 'io.sluice.connector.birds', 'DEBUG')).stdout,
      'io.sluice.connector.birds\n',
    );
    assert.match((await sluice('loggers', 'list')).stdout, / io\.sluice\.connector\.birds \| DEBUG\n/);
    assert.equal((await sluice('dead-letters', 'park', 'birds', 'birds:0:10')).stdout, 'parked\n');
    await runSluice(['produce', 'birds', '--data-dir', dataDir], '{"op":"c","before":null,"after":{"id":99}}\n');
    const letters = async () => (await json('dead-letters', 'list', 'birds')).letters;
    await pollUntil('the letter is there', async () => (await letters()).length === 1);
    const [letter] = (await json('dead-letters', 'list', 'birds', '--topic', 'birds')).letters;
    assert.equal(letter.offset, 10);
    assert.deepEqual((await json('dead-letters', 'list', 'birds', '--code', 'NONE')).letters, []);
    assert.equal((await sluice('connectors', 'delete', 'birds')).stdout, 'birds deleted\n');
    const gone = await sluice('connectors', 'status', 'birds');
    assert.deepEqual([gone.code, gone.stderr], [1, 'sluice: No status found for connector birds (REQUEST_REFUSED)\n']);
  });

  test('the completion of a shell knows commands and options', async () => {
    const { stdout: script } = await runSluice(['completion', 'bash']);
    const complete = (...words: string[]) => {
      const call = `COMP_WORDS=(${words.join(' ')} ''); COMP_CWORD=${words.length}; _sluice; echo "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['-c', `${script}\n${call}`], { encoding: 'utf8' })
        .stdout.trim()
        .split(' ');
    };
    assert.ok(complete('sluice').includes('connectors'));
    assert.ok(complete('sluice', 'connectors').includes('restart'));
    assert.ok(complete('sluice', 'connectors', 'restart').includes('--only-failed'));
  });
});
