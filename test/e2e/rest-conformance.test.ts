import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { checkRestConformance } from '../support/rest-conformance.ts';
import { connectTo, endStack, startStack } from '../support/stack-process.ts';
import { makeTemporaryFolder } from '../support/test-server.ts';

test('every call of Kafka Connect is answered as there by the local stack, and moves rows', async (t) => {
  const dataDir = makeTemporaryFolder('sluice-conformance');
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const stack = await startStack(dataDir);
  t.after(() => endStack(stack, 'SIGTERM'));
  const client = await connectTo(t, stack.databaseUrl);
  const { username, pathname, host } = new URL(stack.databaseUrl);
  await checkRestConformance(stack, async (sql) => (await client.query(sql)).rows, {
    'connection.url': `jdbc:postgresql://${host}${pathname}`,
    'connection.user': username,
  });
});
