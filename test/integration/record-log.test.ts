import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { partitionOfKey } from '../../localstack/record-log/partitioner.ts';
import { openRecordLog, type RecordLog } from '../../localstack/record-log/record-log.ts';
import { startPostgres } from '../../localstack/services/postgres.ts';
import { openTestDatabase } from '../support/test-database.ts';
import { startTestServer } from '../support/test-server.ts';

const everything = { maxBytes: 1e9, maxRecords: 1e6 };

async function openLog(t: TestContext) {
  const database = await openTestDatabase(t);
  const log = await openRecordLog(database.url);
  t.after(() => log.close());
  return { database, log };
}

function keyless(text: string) {
  return { key: null, value: Buffer.from(text), headers: [] };
}

async function readAll(log: RecordLog, topic: string, partition = 0) {
  const records = [];
  for (let offset = 0; offset < log.endOffset(topic, partition); ) {
    const read = await log.read(topic, partition, offset, everything);
    assert.equal(read[0]?.offset, offset);
    records.push(...read);
    offset = read.at(-1)!.offset + 1;
  }
  assert.deepEqual(
    records.map((record) => record.offset),
    records.map((_, index) => index),
  );
  return records.map((record) => record.value?.toString());
}

test('keys choose the partition as in Kafka, records without a key take turns', async (t) => {
  const { log } = await openLog(t);
  await log.createTopic('t', 3);
  const keys = Array.from({ length: 20 }, (_, index) => Buffer.from(`key ${index}`));
  const placed = await log.append(
    't',
    keys.map((key) => ({ ...keyless(''), key })),
  );
  assert.deepEqual(
    placed.map(({ partition }) => partition),
    keys.map((key) => partitionOfKey(key, 3)),
  );
  const turns = await log.append(
    't',
    Array.from({ length: 6 }, () => keyless('')),
  );
  assert.deepEqual(
    turns.map(({ partition }) => partition),
    [0, 1, 2, 0, 1, 2],
  );
});

test('appends at the same time get dense offsets and every record lies where the answer says', async (t) => {
  const { log } = await openLog(t);
  await log.createTopic('t', 2);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      log.append(
        't',
        Array.from({ length: 1 + (index % 4) }, (_, part) => keyless(`${index}.${part}`)),
      ),
    ),
  );
  const stored = [await readAll(log, 't', 0), await readAll(log, 't', 1)];
  for (const [index, positions] of answers.entries()) {
    for (const [part, { partition, offset }] of positions.entries()) {
      assert.equal(stored[partition]![offset], `${index}.${part}`);
    }
  }
  assert.equal(stored[0]!.length + stored[1]!.length, 500);
});

test('records are the same after opening the log again, and so is the cluster id', async (t) => {
  const { database, log } = await openLog(t);
  const values = Array.from({ length: 2500 }, (_, index) => `value ${index}`);
  await log.append('t', values.map(keyless));
  await log.commitOffset('g', 't', 0, 1200);
  await log.close();
  const again = await openRecordLog(database.url);
  t.after(() => again.close());
  assert.equal(again.clusterId, log.clusterId);
  assert.deepEqual(await readAll(again, 't'), values);
  assert.deepEqual(await again.committedOffsets('g', 't'), new Map([[0, 1200]]));
  assert.deepEqual(await again.append('t', [keyless('next')]), [{ partition: 0, offset: 2500 }]);
});

test('a read from the middle of a stored batch keeps to its bounds', async (t) => {
  const { database, log } = await openLog(t);
  await log.append(
    't',
    Array.from({ length: 1500 }, (_, index) => keyless(String(index).padStart(10))),
  );
  await log.close();
  const again = await openRecordLog(database.url);
  t.after(() => again.close());
  const records = await again.read('t', 0, 990, { maxBytes: 150, maxRecords: 100 });
  assert.ok(records.length >= 1 && records.length <= 15, `${records.length} records`);
  assert.deepEqual(
    records.map((record) => record.value?.toString().trim()),
    Array.from({ length: records.length }, (_, index) => String(990 + index)),
  );
});

test('closing the log finishes the appends that it was given', async (t) => {
  const { database, log } = await openLog(t);
  await log.createTopic('t', 1);
  const given = Array.from({ length: 5 }, (_, index) => log.append('t', [keyless(`record ${index}`)]));
  await log.close();
  assert.deepEqual(
    (await Promise.all(given)).flat().map(({ offset }) => offset),
    [0, 1, 2, 3, 4],
  );
  const again = await openRecordLog(database.url);
  t.after(() => again.close());
  assert.equal(again.endOffset('t', 0), 5);
});

test('a record whose acknowledgement was cut off is seen without another append', async (t) => {
  const { database, log } = await openLog(t);
  await log.createTopic('t', 1);
  const seen = Promise.withResolvers<void>();
  log.onAppended('t', 0, seen.resolve);
  // What a commit leaves behind whose answer never came.
  await database.query(`insert into record_log.batches
    select id, 0, 0, 0, 0, 1, ''::bytea from record_log.topics where name = 't'`);
  await database.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'sluice record log' and datname = current_database()`);
  await seen.promise;
  assert.equal(log.endOffset('t', 0), 1);
});

test('a second owner of the log is refused', async (t) => {
  const { database, log } = await openLog(t);
  await assert.rejects(openRecordLog(database.url), { code: 'STACK_RUNNING', message: /Another process/ });
  await log.append('t', [keyless('still mine')]);
});

test('an owner that was killed makes room at once', async (t) => {
  const database = await openTestDatabase(t);
  const module = new URL('../../localstack/record-log/record-log.ts', import.meta.url).href;
  const script = `
    const { openRecordLog } = await import(${JSON.stringify(module)});
    const log = await openRecordLog(${JSON.stringify(database.url)});
    await log.append('t', [{ key: null, value: Buffer.from('from the dead'), headers: [] }]);
    console.log('owner');
    setInterval(() => {}, 60_000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => owner.kill('SIGKILL'));
  await once(owner.stdout, 'data');
  owner.kill('SIGKILL');
  const log = await openRecordLog(database.url);
  t.after(() => log.close());
  assert.deepEqual(await readAll(log, 't'), ['from the dead']);
});

test('a failed append leaves no hole and the next one goes on', async (t) => {
  const { database, log } = await openLog(t);
  await log.append('t', [keyless('first')]);
  await database.query('alter table record_log.batches rename to hidden');
  const failures = await Promise.allSettled([
    log.append('t', [keyless('lost 1')]),
    log.append('t', [keyless('lost 2')]),
  ]);
  for (const failure of failures)
    assert.equal(failure.status === 'rejected' && failure.reason.code, 'DATABASE_REFUSED');
  await database.query('alter table record_log.hidden rename to batches');
  assert.deepEqual(await log.append('t', [keyless('second')]), [{ partition: 0, offset: 1 }]);
  assert.deepEqual(await readAll(log, 't'), ['first', 'second']);
});

test('one transaction over several batches is stored whole or not at all', async (t) => {
  const { database, log } = await openLog(t);
  await log.createTopic('t', 2);
  await database.query('alter table record_log.batches add constraint no_second_partition check (partition = 0)');
  const both = [0, 1].map((partition) => ({ ...keyless('x'), partition }));
  await assert.rejects(log.append('t', both), { code: 'DATABASE_REFUSED', sqlState: '23514' });
  assert.deepEqual(await database.query('select 1 from record_log.batches'), []);
  await database.query('alter table record_log.batches drop constraint no_second_partition');
  assert.deepEqual(await log.append('t', both), [
    { partition: 0, offset: 0 },
    { partition: 1, offset: 0 },
  ]);
});

test('when connections are cut, acknowledged records are there once and no offset is missing', async (t) => {
  const { database, log } = await openLog(t);
  await log.createTopic('t', 1);
  const acknowledged = new Map<number, string>();
  let refused = 0;
  let sent = 0;
  const producers = Array.from({ length: 8 }, async (_, producer) => {
    for (let number = 0; acknowledged.size < 2000 || refused === 0; number++) {
      assert.ok(number < 20_000, 'no connection was ever cut');
      const text = `${producer}.${number}`;
      sent++;
      try {
        const [position] = await log.append('t', [keyless(text)]);
        acknowledged.set(position!.offset, text);
      } catch (error) {
        assert.equal((error as { code: string }).code, 'DATABASE_UNAVAILABLE');
        refused++;
      }
    }
  });
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'sluice record log'`;
  for (let cuts = 0; cuts < 5; cuts++) {
    const seen = acknowledged.size;
    await database.query(cut);
    // The next cut comes when the log works again.
    while (acknowledged.size === seen && acknowledged.size < 2000)
      await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(producers);
  const stored = await readAll(log, 't');
  for (const [offset, text] of acknowledged) assert.equal(stored[offset], text);
  assert.equal(new Set(stored).size, stored.length);
  assert.ok(stored.length >= acknowledged.size && stored.length <= sent);
});

test('the log goes on after its server was killed and started again', async (t) => {
  const server = await startTestServer({ durable: true });
  t.after(() => server.remove());
  const log = await openRecordLog(server.logUrl);
  t.after(() => log.close());
  process.kill(server.pid!, 'SIGKILL');
  // The server's other processes notice the death of the first one a moment later.
  let stored = 0;
  const failure = await (async () => {
    for (;;) stored += (await log.append('t', [keyless(`before ${stored}`)])).length;
  })().catch((error) => error);
  assert.equal(failure.code, 'DATABASE_UNAVAILABLE');
  const restarted = await startPostgres({ dataDir: server.dataDir, durable: false });
  t.after(() => restarted.stop());
  assert.equal(restarted.port, server.port);
  const [position] = await log.append('t', [keyless('after')]);
  // Whether the append that failed was stored is open, as with every broker that went away before it answered.
  assert.ok(position!.offset === stored || position!.offset === stored + 1);
  const values = await readAll(log, 't');
  assert.deepEqual(
    values.slice(0, stored),
    Array.from({ length: stored }, (_, index) => `before ${index}`),
  );
  assert.equal(values.at(-1), 'after');
});

test('a deleted topic takes its records and committed offsets with it', async (t) => {
  const { database, log } = await openLog(t);
  await log.append('t', [keyless('old')]);
  await log.commitOffset('g', 't', 0, 1);
  await log.deleteTopic('t');
  await assert.rejects(log.read('t', 0, 0, everything), { code: 'TOPIC_MISSING' });
  await assert.rejects(log.deleteTopic('t'), { code: 'TOPIC_MISSING' });
  assert.deepEqual(await log.append('t', [keyless('new')]), [{ partition: 0, offset: 0 }]);
  assert.deepEqual(await log.committedOffsets('g', 't'), new Map());
  assert.deepEqual(await readAll(log, 't'), ['new']);
  assert.deepEqual(await database.query('select count(*)::int as rows from record_log.batches'), [{ rows: 1 }]);
});

test('names, partitions and sizes that cannot be are refused before anything is stored', async (t) => {
  const { log } = await openLog(t);
  await log.createTopic('t', 2);
  for (const name of ['', '.', '..', 'a b', 'a/b', 'é', 'x'.repeat(250)]) {
    await assert.rejects(log.append(name, [keyless('')]), { code: 'TOPIC_INVALID' }, name);
  }
  for (const count of [0, -1, 1.5, 1025]) await assert.rejects(log.createTopic('u', count), { code: 'TOPIC_INVALID' });
  await assert.rejects(log.createTopic('t', 2), { code: 'TOPIC_EXISTS' });
  await assert.rejects(log.append('t', [keyless('good'), { ...keyless('bad'), partition: 2 }]), {
    code: 'PARTITION_MISSING',
  });
  const tooLarge = { ...keyless(''), value: Buffer.alloc(4_800_000) };
  await assert.rejects(log.append('t', [keyless('good'), tooLarge]), { code: 'RECORD_TOO_LARGE' });
  assert.deepEqual(log.topics(), [{ name: 't', partitions: 2 }]);
  assert.deepEqual([log.endOffset('t', 0), log.endOffset('t', 1)], [0, 0]);
});
