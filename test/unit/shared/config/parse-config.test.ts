import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Findings } from '../../../../shared/config/findings.ts';
import { findProperty, parseConfig } from '../../../../shared/config/parse-config.ts';
import { honoured, moot, refused } from '../../../../shared/config/property.ts';
import { between } from '../../../../shared/config/validators.ts';

const group = 'Test';
const size = honoured({
  name: 'size',
  aliases: ['old.size'],
  type: 'INT',
  defaultText: '7',
  group,
  documentation: 'A size.',
  validate: between(1, 10),
});
const secret = honoured({
  name: 'secret',
  type: 'PASSWORD',
  group,
  documentation: 'A secret.',
  validate: (value) => (value.length > 3 ? undefined : 'Too short'),
});
const mode = honoured({
  name: 'mode',
  type: 'STRING',
  required: true,
  group,
  documentation: 'A mode.',
});
const byProduct = honoured({
  name: 'deletes',
  type: 'BOOLEAN',
  defaultText: {
    sluice: 'true',
    adbpg: 'true',
    confluent: 'false',
    debezium: 'false',
    aiven: 'false',
    databend: 'false',
  },
  group,
  documentation: 'Deletes.',
});
const table = [
  size,
  secret,
  mode,
  byProduct,
  moot({ name: 'pool.*', group, reason: 'There is no pool.' }),
  refused({ name: 'pool.kind', group, reason: 'No kinds.' }),
  refused({ name: 'create', type: 'BOOLEAN', harmless: ['', 'false'], group, reason: 'Create it yourself.' }),
];

function parse(config: Readonly<Record<string, string>>, product: 'sluice' | 'confluent' = 'sluice') {
  const findings = new Findings();
  const values = parseConfig(table, { mode: 'm', ...config }, product, findings);
  return { values, errors: findings.errors, warnings: findings.warnings };
}

test('values are typed, defaults stand in, and defaults may depend on the product', () => {
  const { values, errors } = parse({ size: ' 9 ' });
  assert.deepEqual(errors, []);
  assert.equal(values.get(size), 9);
  assert.equal(values.get(secret), undefined);
  assert.equal(values.get(byProduct), true);
  assert.equal(parse({}, 'confluent').values.get(byProduct), false);
  assert.equal(parse({}).values.get(size), 7);
});

test('an alias sets its property; two names with different values are an error that names both', () => {
  assert.equal(parse({ 'old.size': '3' }).values.get(size), 3);
  assert.equal(parse({ 'old.size': '3' }).values.writtenAs(size), 'old.size');
  assert.deepEqual(parse({ size: '3', 'old.size': ' 3' }).errors, []);
  const { errors } = parse({ size: '3', 'old.size': '4' });
  assert.equal(errors.length, 1);
  assert.match(errors[0]!.message, /^size and old\.size /);
});

test('every problem is found at once, in words of Kafka, and no password is shown', () => {
  const findings = new Findings();
  parseConfig(table, { size: '11', secret: 'abc', create: 'true', 'pool.kind': 'odd' }, 'sluice', findings);
  assert.deepEqual(
    findings.errors.map(({ message }) => message),
    [
      'Invalid value 11 for configuration size: Value must be no more than 10',
      'Invalid value [hidden] for configuration secret: Too short',
      'Missing required configuration "mode" which has no default value.',
      'pool.kind is refused: No kinds.',
      'create is refused: Create it yourself.',
    ],
  );
});

test('a refused property with a value that asks for nothing is accepted', () => {
  assert.deepEqual(parse({ create: 'FALSE', 'pool.kind': '' }).errors, []);
});

test('moot and unknown properties are warnings, the unknown one with the nearest name', () => {
  const { errors, warnings } = parse({ 'pool.min': '5', sise: '3', quitedifferent: 'x' });
  assert.deepEqual(errors, []);
  assert.deepEqual(
    warnings.map(({ message }) => message),
    [
      'pool.min has no effect: There is no pool.',
      'sise is unknown; it is kept and has no effect. Did you mean size?',
      'quitedifferent is unknown; it is kept and has no effect.',
    ],
  );
});

test('a name belongs to its own row before it belongs to a prefix', () => {
  assert.equal(findProperty(table, 'pool.kind')?.name, 'pool.kind');
  assert.equal(findProperty(table, 'pool.other')?.name, 'pool.*');
  assert.equal(findProperty(table, 'old.size')?.name, 'size');
  assert.equal(findProperty(table, 'else'), undefined);
});

test('whatever the configuration, parsing ends with findings and never throws', () => {
  const names = fc.oneof(
    fc.constantFrom('size', 'old.size', 'mode', 'create', 'pool.x', '__proto__', 'constructor'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.dictionary(names, fc.string()), (config) => {
      const findings = new Findings();
      const values = parseConfig(table, config, 'sluice', findings);
      const value = values.get(size);
      assert.ok(Number.isInteger(value) && value >= 1 && value <= 10);
      for (const name of Object.keys(config)) {
        const isFound = [...findings.errors, ...findings.warnings].some(({ property }) => property === name);
        assert.ok(findProperty(table, name) !== undefined || isFound, `${name} was ignored in silence`);
      }
    }),
  );
});
