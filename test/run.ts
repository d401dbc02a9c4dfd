import { spawn } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chooseTiers } from './support/test-tier.ts';
import { startTestServer } from './support/test-server.ts';

/** No single test takes longer; one that hangs fails instead of holding up all. */
const testTimeoutMs = 180_000;
const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * `npm test`: runs every tier that the machine has the parts for, in one process of Node's test runner, with one
 * PostgreSQL server that all tests share. SLUICE_TIERS=all, or a list of tiers, makes a missing part an error. Further
 * arguments go to Node: `npm test -- --test-name-pattern=ledger`.
 */
async function run(): Promise<number> {
  const { tiers, required } = chooseTiers(process.env.SLUICE_TIERS);
  const lacking = tiers.flatMap((tier) => {
    const part = tier.missingPart();
    return part === undefined ? [] : [{ tier, part }];
  });
  for (const { tier, part } of lacking) console.log(`${required ? 'missing' : 'skipped'}: ${tier.name}: ${part}`);
  if (required && lacking.length > 0) return 1;
  const present = tiers.filter((tier) => !lacking.some((each) => each.tier === tier));
  console.log(`tiers: ${present.map(({ name }) => name).join(', ')}`);
  const files: string[] = [];
  for (const tier of present) files.push(...(await Array.fromAsync(glob(tier.files, { cwd: root }))).toSorted());
  const server = present.some(({ name }) => name !== 'unit') ? await startTestServer() : undefined;
  try {
    return await runTests(files, server === undefined ? {} : { SLUICE_TEST_SERVER_URL: server.url });
  } finally {
    await server?.remove();
  }
}

async function runTests(files: readonly string[], environment: Record<string, string>): Promise<number> {
  const concurrency = Math.max(1, Math.min(4, availableParallelism()));
  const child = spawn(
    process.execPath,
    [
      '--test',
      `--test-concurrency=${concurrency}`,
      `--test-timeout=${testTimeoutMs}`,
      ...process.argv.slice(2),
      ...files,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } },
  );
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, pass);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on('error', reject);
  child.on('exit', (code) => resolve(code ?? 1));
  return await promise;
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
