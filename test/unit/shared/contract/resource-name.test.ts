import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { connectorId, functionName, maxStageLength } from '../../../../shared/contract/resource-name.ts';

const stages = fc.stringMatching(new RegExp(`^[a-z0-9]{1,${maxStageLength}}$`));
const names = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' });

test('a function of any stage, connector and role has a name that Lambda allows', () => {
  fc.assert(
    fc.property(stages, names, fc.constantFrom('sink', 'filter', 'admin'), (stage, name, role) => {
      assert.match(functionName(stage, name, role), /^sluice-[\w-]+-[0-9a-f]{8}-(sink|filter|admin)$/);
      assert.ok(functionName(stage, name, role).length <= 64);
    }),
  );
});

test('two connectors never share a name, however alike they are', () => {
  const alike = ['a b', 'a-b', 'a.b', 'a--b', '-a-b-', 'A-b', `${'a'.repeat(60)}1`, `${'a'.repeat(60)}2`, 'ü', 'ö'];
  assert.equal(new Set(alike.map((name) => connectorId('default', name))).size, alike.length);
  assert.equal(
    functionName('default', 'adb4pg-jdbc-sink', 'filter'),
    'sluice-default-adb4pg-jdbc-sink-0ed13dfe-filter',
  );
});
