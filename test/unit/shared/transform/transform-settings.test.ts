import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planConnector } from '../../../../shared/connector/plan-connector.ts';
import { planWithFilterSql } from '../../../../shared/connector/check-filter-sql.ts';
import { maskConfig } from '../../../../shared/connector/mask-config.ts';
import { checkTransforms } from '../../../../shared/transform/check-transforms.ts';
import { createTransforms } from '../../../../shared/transform/create-transforms.ts';
import { transformClassNames } from '../../../../shared/transform/plugin-class.ts';
import { transformDefinitions } from '../../../../shared/transform/transform-definitions.ts';
import { connectRecord } from '../../../support/transform-chain.ts';

const base = {
  'connector.class': 'io.sluice.SluiceSinkConnector',
  topics: 'orders',
  'connection.url': 'postgresql://db/main',
  'connection.user': 'sluice',
  'connection.password': 'open-sesame',
};
const kafka = 'org.apache.kafka.connect.transforms';

function findings(config: Readonly<Record<string, string>>) {
  return planConnector({ name: 'shop', config: { ...base, ...config } }).findings;
}

function settings(config: Readonly<Record<string, string>>) {
  const { plan, findings: found } = planConnector({ name: 'shop', config: { ...base, ...config } });
  assert.ok(plan?.transforms, JSON.stringify(found.errors));
  return plan.transforms;
}

const route = { transforms: 'route', 'transforms.route.type': `${kafka}.RegexRouter` };

test('every class that is known can be made, and none that can be made is unknown', () => {
  const known = new Set(transformClassNames.map((name) => name.replace(/\$(?:Key|Value)$/, '')));
  assert.deepEqual([...known].sort(), Object.keys(transformDefinitions).sort());
});

test('transforms run in the order of the list, where their predicates hold', async () => {
  const config = {
    transforms: 'a, b',
    'transforms.a.type': `${kafka}.RegexRouter`,
    'transforms.a.regex': '(.*)',
    'transforms.a.replacement': '$1-a',
    'transforms.b.type': `${kafka}.RegexRouter`,
    'transforms.b.regex': '(.*)',
    'transforms.b.replacement': '$1-b',
    'transforms.b.predicate': 'gone',
    'transforms.b.negate': 'true',
    predicates: 'gone',
    'predicates.gone.type': `${kafka}.predicates.RecordIsTombstone`,
  };
  const chain = await createTransforms(settings(config), { resolveSecret: async (text) => text });
  assert.equal(chain.apply(connectRecord({ topic: 't', value: { a: 1 } }))?.topic, 't-a-b');
  assert.equal(chain.apply(connectRecord({ topic: 't' }))?.topic, 't-a');
  assert.deepEqual([chain.readsKey, chain.readsHeaders, chain.mayChangeTopic], [false, false, true]);
});

test('what transforms look at is told, so that nothing else need be decoded', async () => {
  const of = async (type: string, options = {}) => {
    const { readsKey, readsHeaders } = await createTransforms(
      { steps: [{ alias: 't', className: type, options, negate: false }] },
      { resolveSecret: async (text) => text },
    );
    return { readsKey, readsHeaders };
  };
  assert.deepEqual(await of(`${kafka}.Flatten$Key`), { readsKey: true, readsHeaders: false });
  assert.deepEqual(await of(`${kafka}.DropHeaders`, { headers: 'a' }), { readsKey: false, readsHeaders: true });
  assert.deepEqual(await of(`${kafka}.ValueToKey`, { fields: 'id' }), { readsKey: false, readsHeaders: false });
});

test('a class that is unknown, abstract or not built is refused by name, with what to write instead', () => {
  const problem = (type: string) =>
    checkTransforms(settings({ transforms: 't', 'transforms.t.type': type })).errors[0]?.message ?? '';
  assert.match(
    problem(`${kafka}.ReplaceFeild$Value`),
    /There is no transform .* Did you mean .*ReplaceField\$Value\?$/,
  );
  assert.match(
    problem('com.example.RegexRouter'),
    /Did you mean org\.apache\.kafka\.connect\.transforms\.RegexRouter\?$/,
  );
  assert.match(problem(`${kafka}.Cast`), /is abstract; name .*Cast\$Key or .*Cast\$Value\.$/);
  assert.match(problem('io.debezium.transforms.Filter'), /not supported: .* filter\.sql\.$/);
  const [missing] = findings({ transforms: 't' }).errors;
  assert.match(missing!.message, /Missing required configuration "transforms\.t\.type"/);
});

test('aliases and predicates that do not fit together are found', () => {
  const errors = (config: Readonly<Record<string, string>>) => findings(config).errors.map(({ property }) => property);
  assert.deepEqual(errors({ ...route, 'transforms.route.predicate': 'none' }), ['transforms.route.predicate']);
  assert.deepEqual(errors({ ...route, 'transforms.route.negate': 'true' }), ['transforms.route.negate']);
  assert.deepEqual(errors({ ...route, transforms: 'route,route' }), ['transforms']);
  assert.deepEqual(errors({ predicates: 'p' }), ['predicates.p.type']);
  const { warnings } = findings({ 'transforms.old.type': `${kafka}.Filter` });
  assert.match(warnings.map(({ message }) => message).join(), /transforms\.old\.type has no effect/);
});

test('a class of transforms is no predicate', () => {
  const config = {
    transforms: 't',
    'transforms.t.type': `${kafka}.Filter`,
    'transforms.t.predicate': 'p',
    predicates: 'p',
    'predicates.p.type': `${kafka}.predicates.TopicNameMatch`,
  };
  const { errors } = checkTransforms(settings(config));
  assert.match(
    errors.map(({ message }) => message).join(),
    /^predicates\.p\.type: There is no predicate .* Did you mean .*TopicNameMatches\?$/,
  );
});

test('validation of a connector tells of classes and options, all at once', async () => {
  const config = { ...base, ...route, 'transforms.route.regex': '(', 'transforms.route.replacement': 'x' };
  const { plan, findings: found } = await planWithFilterSql({ name: 'shop', config });
  assert.equal(plan, undefined);
  assert.deepEqual(
    found.errors.map(({ property }) => property),
    ['transforms.route.regex'],
  );
});

test('options are checked as Connect checks them', () => {
  const check = (options: Readonly<Record<string, string>>) => {
    const prefixed = Object.entries(options).map(([name, text]) => [`transforms.route.${name}`, text]);
    return checkTransforms(settings({ ...route, ...Object.fromEntries(prefixed) }));
  };
  assert.deepEqual(
    check({}).errors.map(({ property }) => property),
    ['transforms.route.regex', 'transforms.route.replacement'],
  );
  assert.match(check({ regex: 'a(?=b)', replacement: '' }).errors[0]!.message, /lookahead/);
  assert.match(check({ regex: '(a)\\1', replacement: '' }).errors[0]!.message, /backreference/);
  assert.match(check({ regex: 'a++', replacement: '' }).errors[0]!.message, /possessive/);
  assert.match(check({ regex: 'a', replacement: '$1' }).errors[0]!.message, /no group 1/);
  assert.match(
    check({ regex: 'a', replacement: 'b', regx: 'x' }).warnings[0]!.message,
    /Did you mean .*route\.regex\?/,
  );
  assert.deepEqual(check({ regex: '(a)', replacement: '\\$$1' }).errors, []);
});

test('what is wrong with options stops the start, all of it told', async () => {
  await assert.rejects(createTransforms(settings(route), { resolveSecret: async (text) => text }), {
    code: 'CONFIG_INVALID',
    message: /2 problem\(s\):\n.*route\.regex.*\n.*route\.replacement/,
  });
});

test('a connector that masks keeps no payload in its dead letters, or an encrypted one', () => {
  const masks = {
    transforms: 'm',
    'transforms.m.type': 'io.sluice.transforms.Mask$Value',
    'transforms.m.fields': 'card',
    'transforms.m.mode': 'hash',
    'transforms.m.hash.key': 'a key of more than 16 characters',
  };
  const payload = (config: Readonly<Record<string, string>>) =>
    planConnector({ name: 'shop', config: { ...base, ...config } }).plan?.target.deadLetters.payload;
  assert.equal(payload({}), 'full');
  assert.equal(payload(masks), 'none');
  assert.equal(payload({ ...masks, 'errors.deadletter.encryption.key': 'a'.repeat(64) }), 'encrypted');
  assert.equal(payload({ ...masks, 'errors.deadletter.payload': 'full' }), 'full');
  assert.equal(maskConfig(masks)['transforms.m.hash.key'], '[hidden]');
});
