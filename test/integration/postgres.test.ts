import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import { clusterPath, removeCluster } from '../../localstack/services/postgres-cluster.ts';
import { isRunning, readPostmasterFile } from '../../localstack/services/postgres-process.ts';
import { type PostgresOptions, startPostgres } from '../../localstack/services/postgres.ts';
import { pollUntil } from '../support/poll-until.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

const isRoot = process.getuid?.() === 0;
const module = new URL('../../localstack/services/postgres.ts', import.meta.url).href;

/** A temporary data folder, whose server is stopped and whose data is removed at the end. */
function makeDataDir(t: TestContext): string {
  const folder = makeTemporaryFolder();
  const dataDir = join(folder, 'data');
  t.after(async () => {
    const living = existsSync(clusterPath(dataDir)) && readPostmasterFile(realpathSync(clusterPath(dataDir)));
    if (living) await (await startPostgres({ dataDir, durable: false })).stop();
    removeCluster(dataDir);
    rmSync(folder, { recursive: true, force: true });
  });
  return dataDir;
}

async function start(t: TestContext, options: PostgresOptions) {
  const server = await startPostgres({ durable: false, port: 0, ...options });
  t.after(() => server.stop());
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Starts a server in a process of its own, which then hangs as a stack does until it is killed. */
async function startInProcess(dataDir: string): Promise<{ kill(): Promise<void>; pid: number }> {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(module)});
    const server = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false });
    console.log(server.pid);
    setInterval(() => {}, 60_000);`;
  const stack = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(stack.stdout, 'data');
  const kill = async () => {
    stack.kill('SIGKILL');
    if (stack.exitCode === null && stack.signalCode === null) await once(stack, 'exit');
  };
  return { kill, pid: Number(said) };
}

test('a new data folder gets a durable UTF-8 server in UTC with both databases, for this machine only', async (t) => {
  const server = await start(t, { dataDir: makeDataDir(t), durable: true });
  assert.equal(server.adopted, false);
  assert.equal(server.url, `postgresql://postgres@127.0.0.1:${server.port}/sluice`);
  const settings =
    'TimeZone,fsync,synchronous_commit,track_commit_timestamp,listen_addresses,unix_socket_directories'.split(',');
  const shown = await query(server.url, `select ${settings.map((name) => `current_setting('${name}') as "${name}"`)}`);
  assert.deepEqual(Object.values(shown[0]!), ['UTC', 'on', 'on', 'on', '127.0.0.1', '']);
  const locale = `select pg_encoding_to_char(encoding) as encoding, datlocprovider, datlocale,
    current_setting('max_connections')::int >= 100 as enough, 'a' < 'B' as alphabetic
    from pg_database where datname = current_database()`;
  for (const url of [server.url, server.logUrl]) {
    assert.deepEqual(await query(url, locale), [
      { encoding: 'UTF8', datlocprovider: 'b', datlocale: 'C.UTF-8', enough: true, alphabetic: false },
    ]);
  }
  assert.match(server.logUrl, /\/sluice_log$/);
});

test('data and port stay over a restart', async (t) => {
  const dataDir = makeDataDir(t);
  const first = await start(t, { dataDir });
  await query(first.url, 'create table kept as select 1 as one');
  await first.stop();
  // It may be a zombie until this process has reaped it.
  await pollUntil('the server is gone', () => !isRunning(first.pid!));
  const second = await start(t, { dataDir });
  assert.equal(second.port, first.port);
  assert.deepEqual(await query(second.url, 'select * from kept'), [{ one: 1 }]);
});

test('a taken port is named, whether it was asked for or remembered', async (t) => {
  const dataDir = makeDataDir(t);
  const first = await start(t, { dataDir });
  await first.stop();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(first.port, '127.0.0.1', resolve));
  t.after(() => other.close());
  const named = (message: RegExp) => (error: Error & { code: string }) =>
    error.code === 'PORT_TAKEN' && error.message.includes(`Port ${first.port}`) && message.test(error.message);
  await assert.rejects(startPostgres({ dataDir, durable: false }), named(/always had/));
  await assert.rejects(startPostgres({ dataDir, durable: false, port: first.port }), named(/choose another port\./));
  await new Promise((resolve) => other.close(resolve));
  assert.equal((await start(t, { dataDir })).port, first.port);
});

test('new data folders that start at once get ports of their own', async (t) => {
  const folders = [makeDataDir(t), makeDataDir(t), makeDataDir(t)];
  const servers = await Promise.all(folders.map((dataDir) => start(t, { dataDir })));
  assert.equal(new Set(servers.map((server) => server.port)).size, 3);
});

test('a server whose stack was killed goes on, is adopted and can be stopped', async (t) => {
  const dataDir = makeDataDir(t);
  const stack = await startInProcess(dataDir);
  t.after(() => stack.kill());
  // A process group of its own: Ctrl-C in the terminal of the stack does not reach it.
  const group = spawnSync('ps', ['-o', 'pgid=', '-p', String(stack.pid)], { encoding: 'utf8' }).stdout.trim();
  assert.equal(group, String(stack.pid));
  await stack.kill();
  assert.ok(isRunning(stack.pid));
  const adopted = await start(t, { dataDir });
  assert.deepEqual([adopted.adopted, adopted.pid], [true, stack.pid]);
  assert.deepEqual(await query(adopted.url, 'select 1 as one'), [{ one: 1 }]);
  await adopted.stop();
  assert.equal(existsSync(join(clusterPath(dataDir), 'postmaster.pid')), false);
  await adopted.stop();
});

test('an adopted server moves to the port that is asked for', async (t) => {
  const dataDir = makeDataDir(t);
  const first = await start(t, { dataDir });
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  const moved = await start(t, { dataDir, port });
  assert.deepEqual([moved.port, moved.adopted], [port, false]);
  await pollUntil('the first server is gone', () => !isRunning(first.pid!));
  await query(moved.url, 'select 1');
});

test('a server that was killed starts again', async (t) => {
  const dataDir = makeDataDir(t);
  const first = await start(t, { dataDir, durable: true });
  await query(first.url, 'create table kept as select 1 as one');
  process.kill(first.pid!, 'SIGKILL');
  const second = await start(t, { dataDir, durable: true });
  assert.deepEqual(await query(second.url, 'select * from kept'), [{ one: 1 }]);
});

test('a stale postmaster.pid does not hurt, even when another program has its number', async (t) => {
  const dataDir = makeDataDir(t);
  const first = await start(t, { dataDir });
  await first.stop();
  const { uid, gid } = lstatSync(realpathSync(clusterPath(dataDir)));
  const stranger = spawn('sleep', ['60'], { ...(isRoot ? { uid, gid } : {}), stdio: 'ignore' });
  t.after(() => stranger.kill('SIGKILL'));
  const cluster = realpathSync(clusterPath(dataDir));
  const lines = [stranger.pid, cluster, 1_700_000_000, first.port, '', '127.0.0.1', ' 1 1', 'ready   '];
  writeFileSync(join(cluster, 'postmaster.pid'), `${lines.join('\n')}\n`);
  const second = await start(t, { dataDir });
  assert.equal(second.adopted, false);
  assert.equal(stranger.exitCode, null);
});

test('half a cluster that a killed initdb left is replaced', async (t) => {
  const dataDir = makeDataDir(t);
  mkdirSync(join(dataDir, 'postgres.partial-1'), { recursive: true });
  writeFileSync(join(dataDir, 'postgres.partial-1', 'PG_VERSION'), '18\n');
  await start(t, { dataDir });
  assert.deepEqual(
    readdirSync(dataDir).filter((name) => name.includes('partial')),
    [],
  );
});

test('data of another major version is refused by name', async (t) => {
  const dataDir = makeTemporaryFolder();
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  mkdirSync(clusterPath(dataDir));
  writeFileSync(join(clusterPath(dataDir), 'PG_VERSION'), '12\n');
  await assert.rejects(startPostgres({ dataDir }), {
    code: 'FOLDER_UNUSABLE',
    message: /PostgreSQL 12, this is PostgreSQL 18/,
  });
});

test('a data folder that cannot be made is named', async (t) => {
  const folder = makeTemporaryFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'file'), '');
  const dataDir = join(folder, 'file', 'data');
  await assert.rejects(startPostgres({ dataDir }), (error: Error & { code: string }) => {
    return error.code === 'FOLDER_UNUSABLE' && error.message.includes(dataDir);
  });
});

test('a start that is given up leaves no server', async (t) => {
  const dataDir = makeDataDir(t);
  await (await startPostgres({ dataDir, durable: false })).stop();
  const controller = new AbortController();
  const starting = startPostgres({ dataDir, durable: false, signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(starting, /enough/);
  assert.equal(existsSync(join(clusterPath(dataDir), 'postmaster.pid')), false);
});

test('a server that the user names is used for both databases and left running', async (t) => {
  const owner = await start(t, { dataDir: makeDataDir(t) });
  await query(owner.url, 'create database mine');
  const databaseUrl = owner.url.replace('/sluice', '/mine?application_name=x');
  const used = await startPostgres({ dataDir: '/nonexistent', databaseUrl });
  assert.deepEqual([used.url, used.port, used.adopted, used.pid], [databaseUrl, owner.port, false, undefined]);
  assert.deepEqual(await query(used.logUrl, 'select current_database() as name'), [{ name: 'sluice_log' }]);
  await used.stop();
  assert.deepEqual(await query(used.url, 'select current_database() as name'), [{ name: 'mine' }]);
});

test('a named server that cannot be used is explained without its password', async (t) => {
  const owner = await start(t, { dataDir: makeDataDir(t) });
  await query(owner.url, 'drop database sluice_log');
  await query(owner.url, 'create role modest login');
  const cases: [url: string, code: string, message: RegExp][] = [
    ['mysql://u:secret@h/db', 'CONFIG_INVALID', /postgresql:/],
    ['postgresql://u:secret@127.0.0.1:1/db', 'SERVICE_FAILED', /127\.0\.0\.1:1 does not answer/],
    [`postgresql://modest:secret@127.0.0.1:${owner.port}/sluice`, 'SERVICE_FAILED', /create database sluice_log;/],
  ];
  for (const [databaseUrl, code, message] of cases) {
    await assert.rejects(startPostgres({ dataDir: '/nonexistent', databaseUrl }), (error: Error & { code: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  }
});

test('as root, a data folder that only root reaches is a link to a cluster elsewhere', { skip: !isRoot }, async (t) => {
  const dataDir = makeDataDir(t);
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o700);
  const first = await start(t, { dataDir });
  await query(first.url, 'create table kept as select 1 as one');
  await first.stop();
  const cluster = realpathSync(clusterPath(dataDir));
  assert.ok(lstatSync(clusterPath(dataDir)).isSymbolicLink());
  const second = await start(t, { dataDir });
  assert.deepEqual(await query(second.url, 'select * from kept'), [{ one: 1 }]);
  await second.stop();
  removeCluster(dataDir);
  assert.deepEqual([existsSync(cluster), existsSync(clusterPath(dataDir))], [false, false]);
});
