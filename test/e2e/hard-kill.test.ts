import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pollUntil } from '../support/poll-until.ts';
import { changeConnector, createConnector, createTopic, produceJson, toCreate } from '../support/stack-client.ts';
import { connectTo, endStack, makeStackFolder, readRecordedPids, startStack } from '../support/stack-process.ts';

const records = 10_000;
const kills = 3;

test('a stack that is killed again and again amid 10,000 records ends with every row once', async (t) => {
  const dataDir = makeStackFolder(t);
  let stack = await startStack(dataDir);
  const client = await connectTo(t, stack.databaseUrl);
  await client.query('create table keyed (id int primary key, name text); create table keyless (id int, name text)');
  await createTopic(stack, 'keyed', 2);
  for (const table of ['keyed', 'keyless']) {
    const config = { topics: table, 'target.tablename': table, 'insert.mode': 'insert', 'aws.batch.size': '50' };
    await createConnector(stack, table, config);
    await changeConnector(stack, table, 'pause');
  }
  for (let from = 0; from < records; from += 500) {
    const batch = Array.from({ length: 500 }, (_, at) => ({
      ...toCreate({ id: from + at, name: 'x' }),
      key: from + at,
    }));
    await Promise.all(['keyed', 'keyless'].map((topic) => produceJson(stack, topic, batch)));
  }
  for (const table of ['keyed', 'keyless']) await changeConnector(stack, table, 'resume');

  const count = async (table: string) => {
    const { rows } = await client.query<{ all: number; distinct: number }>(
      `select count(*)::int as all, count(distinct id)::int as distinct from ${table}`,
    );
    return rows[0] ?? { all: 0, distinct: 0 };
  };
  for (let kill = 0; kill < kills; kill++) {
    const target = Math.min(records - 1_000, (await count('keyless')).all + 1_000);
    await pollUntil('some more rows are there', async () => (await count('keyless')).all >= target, 60_000);
    await endStack(stack, 'SIGKILL');
    assert.ok((await count('keyless')).all < records, 'it was killed before the end');
    stack = await startStack(dataDir);
  }
  for (const table of ['keyed', 'keyless']) {
    await pollUntil(`${table} has all rows`, async () => (await count(table)).all >= records, 90_000);
  }
  const { rows } = await client.query(
    `select connector, sum(next_offset)::int as next, sum(applied)::int as applied, sum(dead_lettered)::int as dead
       from sluice.offsets group by connector order by connector`,
  );
  assert.deepEqual(rows, [
    { connector: 'keyed', next: records, applied: records, dead: 0 },
    { connector: 'keyless', next: records, applied: records, dead: 0 },
  ]);
  for (const table of ['keyed', 'keyless']) assert.deepEqual(await count(table), { all: records, distinct: records });
  assert.ok(readRecordedPids(dataDir).length > 1);
});
