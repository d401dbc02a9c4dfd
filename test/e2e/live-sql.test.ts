import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { pollUntil } from '../support/poll-until.ts';
import { createTopic, produceJson } from '../support/stack-client.ts';
import { endStack, runSluice, type StackProcess, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

const create = (row: object) => ({ value: { op: 'c', before: null, after: row } });

describe('a query over a topic', () => {
  const dataDir = makeTemporaryFolder('sluice-e2e');
  let stack: StackProcess;
  const sql = (...args: string[]) => runSluice(['sql', ...args, '--data-dir', dataDir]);
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  before(async () => {
    stack = await startStack(dataDir);
    await createTopic(stack, 'shop.public.orders', 3);
    await produceJson(stack, 'shop.public.orders', [
      ...Array.from({ length: 60 }, (_, id) => ({ key: id, ...create({ id, amount: id * 2 }) })),
      { key: 7, value: { op: 'd', before: { id: 7, amount: 999 }, after: null } },
      { key: 7, value: null },
      { key: 8, value: { id: 100, amount: 500.5 } },
    ]);
  });
  after(async () => {
    if (stack !== undefined) await endStack(stack, 'SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('gives the rows of all partitions that match, of envelopes and of flat rows', async () => {
    const found = await sql('SELECT id, amount FROM orders WHERE amount > 100', '--no-follow', '--format', 'json');
    assert.deepEqual([found.code, found.stderr], [0, '']);
    const rows = lines(found.stdout).sort((a, b) => Number(a.id) - Number(b.id));
    assert.deepEqual(rows, [
      ...Array.from({ length: 9 }, (_, at) => ({ id: 51 + at, amount: 102 + 2 * at })),
      { id: 100, amount: 500.5 },
    ]);
  });

  test('tells deletes to a query that reads __op, and to no other', async () => {
    const found = await sql('SELECT __op, id FROM orders WHERE id = 7', '--no-follow', '--format', 'json');
    assert.deepEqual(lines(found.stdout), [
      { __op: 'c', id: 7 },
      { __op: 'd', id: 7 },
    ]);
    const rows = await sql('SELECT id FROM orders WHERE id = 7', '--no-follow', '--format', 'json');
    assert.deepEqual(lines(rows.stdout), [{ id: 7 }]);
  });

  test('prints rows as they come, until the limit', async () => {
    const args = ['SELECT id FROM live WHERE id > 1', '--limit', '2', '--from', 'latest', '--format', 'csv'];
    await createTopic(stack, 'live', 1);
    await produceJson(stack, 'live', [create({ id: 9 })]);
    const program = new URL('../../localstack/sluice.mjs', import.meta.url).pathname;
    const child = spawn(process.execPath, [program, 'sql', ...args, '--data-dir', dataDir]);
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    const exited = once(child, 'exit');
    // It begins behind what is there when it looks, which it does not tell.
    await pollUntil('a first row came', async () => {
      await produceJson(stack, 'live', [create({ id: 0 }), create({ id: 2 })]);
      return output.includes('id\n2\n');
    });
    await produceJson(stack, 'live', [create({ id: 3 })]);
    assert.deepEqual(await exited, [0, null]);
    assert.match(output, /^id\n2\n[23]\n$/);
  });

  test('begins at a time', async () => {
    await createTopic(stack, 'timed', 1);
    await produceJson(stack, 'timed', [create({ id: 1 })]);
    const read = await fetch(`${stack.restUrl}/topics/timed/partitions/0/records`);
    const [{ timestamp }] = (await read.json()) as [{ timestamp: number }];
    await pollUntil('the clock went on', () => Date.now() > timestamp + 1);
    await produceJson(stack, 'timed', [create({ id: 2 })]);
    const ids = async (from: string) =>
      lines((await sql('SELECT id FROM timed', '--from', from, '--no-follow', '--format', 'json')).stdout);
    assert.deepEqual(await ids(String(timestamp)), [{ id: 1 }, { id: 2 }]);
    assert.deepEqual(await ids(new Date(timestamp + 1).toISOString()), [{ id: 2 }]);
    assert.equal(
      (await sql('SELECT id FROM timed', '--from', '2100-01-01T00:00:00Z', '--no-follow')).stdout,
      '(0 rows)\n',
    );
  });

  test('passes over what it cannot read, tells it, and ends with 2', async () => {
    await createTopic(stack, 'poor', 1);
    await produceJson(stack, 'poor', [{ value: 'text' }, create({ id: 1, n: 'x' }), create({ id: 2, n: 5 })]);
    const found = await sql('SELECT id FROM poor WHERE n > 1', '--no-follow', '--format', 'csv');
    assert.deepEqual([found.code, found.stdout], [2, 'id\n2\n']);
    assert.match(found.stderr, /^poor:0:0: .*\(CHANGE_INVALID\)\npoor:0:1: .* at 1:29: .*\(FILTER_FAILED\)\n$/);
    assert.doesNotMatch(found.stderr, /text'|"x"/);
  });

  test('refuses by the words of the filter, and ends with 1', async () => {
    const refusals: readonly (readonly [string, RegExp])[] = [
      ['SELECT count(*) FROM orders', /At 1:8: The function count is not supported: .*\(CONFIG_INVALID\)/],
      ['SELECT now() FROM orders', /The function now is not supported: it reads the clock/],
      ['SELECT id FROM orders ORDER BY id', /At 1:\d+: .*ORDER BY/],
      ['SELECT id FROM a; SELECT id FROM b', /The query has to be one SELECT/],
      ['SELECT id FROM nothing', /No topic is called nothing.*\(TOPIC_MISSING\)/],
    ];
    for (const [text, words] of refusals) {
      const refused = await sql(text);
      assert.deepEqual([refused.code, refused.stdout], [1, ''], text);
      assert.match(refused.stderr, words);
    }
    const other = await sql('SELECT id FROM orders', '--set', 'connection.password=secret');
    assert.match(other.stderr, /connection\.password does not say how records are read/);
    assert.doesNotMatch(other.stderr, /secret/);
    const converter = await sql('SELECT id FROM orders', '--value-converter', 'Jsn');
    assert.match(converter.stderr, /There is no such converter/);
    const registry = await sql('SELECT id FROM orders', '--value-converter', 'Avro');
    assert.match(registry.stderr, /schema-registry is not up.*\(STACK_STOPPED\)/);
  });
});
