import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startExampleStack } from '../debezium/example-stack.ts';
import { runExample } from '../debezium/run-example.ts';

test('what Debezium and a producer of c/u/d records read from PostgreSQL is in the targets, to the last value', async (t) => {
  const say = (line: string) => t.diagnostic(line);
  const stack = await startExampleStack(say);
  t.after(() => stack.close());
  const names = ['json_plain', 'avro', 'flat', 'cud'];
  assert.deepEqual(await runExample(stack, { rows: 1_000, names, timeoutMs: 60_000, say }), []);
});
