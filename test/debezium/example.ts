import { parseArgs } from 'node:util';
import { startExampleStack } from './example-stack.ts';
import { runExample } from './run-example.ts';

/**
 * `npm run example:debezium -- [--rows 100000] [--short] [--only NAME,…]`: PostgreSQL → Debezium → Kafka → Sluice →
 * PostgreSQL, in every form of records, and a comparison at the end. Exits with 1 when anything differs.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const timeoutMs = 900_000;
const say = (line: string) => console.log(line);
say('Starting PostgreSQL twice, Kafka, a schema registry, Kafka Connect and Sluice.');
const stack = await startExampleStack(say);
try {
  const names = values.only?.split(',');
  const rows = values.short ? 2_000 : Number(values.rows);
  const differences = await runExample(stack, { rows, say, timeoutMs, ...(names === undefined ? {} : { names }) });
  for (const difference of differences) say(difference);
  say(differences.length === 0 ? 'Source and targets are equal.' : 'Source and targets differ.');
  process.exitCode = differences.length === 0 ? 0 : 1;
} finally {
  await stack.close();
}
