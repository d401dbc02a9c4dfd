import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { chooseTiers, testTiers } from '../../support/test-tier.ts';

test('without SLUICE_TIERS every tier is wanted and none is required', () => {
  assert.deepEqual(chooseTiers(undefined), { tiers: testTiers, required: false });
  assert.deepEqual(chooseTiers(' '), { tiers: testTiers, required: false });
});

test('all requires every tier, names require those', () => {
  assert.deepEqual(chooseTiers('all'), { tiers: testTiers, required: true });
  const { tiers, required } = chooseTiers('unit, e2e');
  assert.deepEqual([tiers.map(({ name }) => name), required], [['unit', 'e2e'], true]);
});

test('a name that there is not is refused with those that there are', () => {
  assert.throws(() => chooseTiers('unit,nothing'), /names nothing; there is all, unit, contract/);
});

test('against containers the tier aws needs neither Python nor Java, and is the scenario alone', () => {
  const show = `import { testTiers } from ${JSON.stringify(new URL('../../support/test-tier.ts', import.meta.url).href)};
    const { files, missingPart } = testTiers.find(({ name }) => name === 'aws');
    console.log(JSON.stringify([files, missingPart()]));`;
  const tierWith = (environment: Record<string, string>) => {
    const env = { PATH: '/nowhere', JAVA_HOME: '', MAVEN_HOME: '', SLUICE_PYTHON: '', ...environment };
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', show], { env });
    assert.notEqual(stdout.toString(), '', stderr.toString());
    return JSON.parse(stdout.toString()) as [files: string, missing: string | null];
  };
  assert.deepEqual(tierWith({ SLUICE_HARNESS: 'docker' }), ['test/e2e-aws/*.test.ts', null]);
  const [files, missing] = tierWith({});
  assert.equal(files, 'test/e2e-aws/**/*.test.ts');
  assert.match(missing ?? '', /needs Python/);
});
