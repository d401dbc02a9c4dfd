import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Schema } from '../../../../shared/data/schema.ts';
import { ExactNumber, type Value } from '../../../../shared/data/value.ts';
import { chainOf, connectRecord, transformValue } from '../../../support/transform-chain.ts';

const mask = 'io.sluice.transforms.Mask$Value';
const key = 'a key of more than 16 characters';
const schemaOf = (name: string, schema: Schema): Schema => ({
  type: 'struct',
  optional: false,
  name: 'shop.Row',
  fields: [
    { name: 'id', schema: { type: 'int32', optional: false } },
    { name, schema },
  ],
});

async function masked(value: Value, options: Readonly<Record<string, string>>): Promise<Value | undefined> {
  const row = await transformValue({ id: 1, secret: value }, [mask, { fields: 'secret', ...options }]);
  return (row?.value as { readonly secret: Value } | undefined)?.secret;
}

test('null: the value goes, the field stays; what is null or missing stays so', async () => {
  assert.equal(await masked('x', { mode: 'null' }), null);
  assert.deepEqual((await transformValue({ id: 1 }, [mask, { fields: 'secret', mode: 'null' }]))?.value, { id: 1 });
  assert.deepEqual(await transformValue(null, [mask, { fields: 'secret', mode: 'null' }]), {
    schema: null,
    value: null,
  });
});

test('fixed: a text for texts, a number for numbers, of the type of the field', async () => {
  assert.equal(await masked('x', { mode: 'fixed', replacement: '7' }), '7');
  assert.equal(await masked(5, { mode: 'fixed', replacement: '7' }), 7);
  assert.equal(await masked(true, { mode: 'fixed', replacement: 'false' }), false);
  await assert.rejects(masked(5, { mode: 'fixed', replacement: 'none' }), {
    code: 'TRANSFORM_FAILED',
    message: /^The transform t0 \(Mask\$Value\) .* of the field secret, the replacement is no number\.$/,
  });
});

test('hash: HMAC-SHA-256 in hexadecimal, equal for equal values of whatever type', async () => {
  const expected = createHmac('sha256', key).update('5').digest('hex');
  for (const value of [5, 5n, '5', new ExactNumber('5'), new ExactNumber('5.0'), new ExactNumber('50e-1')]) {
    assert.equal(await masked(value, { mode: 'hash', 'hash.key': key }), expected);
  }
  assert.notEqual(await masked('5', { mode: 'hash', 'hash.key': `another ${key}` }), expected);
  const options = { mode: 'hash', 'hash.key': key };
  assert.equal(await masked({ a: 1, b: [2] }, options), await masked({ b: [2], a: 1 }, options));
  assert.equal(await masked(Buffer.from('abc'), options), await masked('abc', options));
});

test('hash: the key may be a reference to a secret; a short one is refused', async () => {
  const reference = '$' + '{secretsmanager:mask:key}';
  const expected = createHmac('sha256', `secret of ${reference}`).update('x').digest('hex');
  assert.equal(await masked('x', { mode: 'hash', 'hash.key': reference }), expected);
  for (const options of [{}, { 'hash.key': 'short' }]) {
    await assert.rejects(masked('x', { mode: 'hash', ...options }), {
      code: 'CONFIG_INVALID',
      message: /transforms\.t0\.hash\.key/,
    });
  }
});

test('partial: the ends stay, and of a text that is no longer than they are nothing does', async () => {
  const options = { mode: 'partial', 'keep.first': '2', 'keep.last': '3' };
  assert.equal(await masked('1234567890', options), '12*****890');
  assert.equal(await masked('12345', options), '*****');
  assert.equal(await masked('ä😀xyz😀é1', options), 'ä😀***😀é1');
  assert.equal(await masked(1234567890, { ...options, 'mask.character': '•' }), '12•••••890');
  await assert.rejects(masked(['a'], options), {
    code: 'TRANSFORM_FAILED',
    message: /an array cannot be masked in part/,
  });
});

test('a change event is masked in both images, and keeps its own members', async () => {
  const event = {
    op: 'u',
    before: { id: 1, op: 'a', secret: 'x' },
    after: { id: 1, op: 'b', secret: 'y' },
    secret: 'z',
  };
  const result = await transformValue(event, [mask, { fields: 'secret,op', mode: 'fixed', replacement: '-' }]);
  assert.deepEqual(result?.value, {
    op: 'u',
    before: { id: 1, op: '-', secret: '-' },
    after: { id: 1, op: '-', secret: '-' },
    secret: '-',
  });
});

test('schemas tell what was masked, without defaults, also those of images', async () => {
  const row = schemaOf('secret', { type: 'string', optional: false, default: 'x' });
  const envelope: Schema = {
    type: 'struct',
    optional: false,
    name: 'shop.Envelope',
    fields: [
      { name: 'before', schema: { ...row, optional: true } },
      { name: 'after', schema: { ...row, optional: true } },
      { name: 'op', schema: { type: 'string', optional: false } },
    ],
  };
  const chain = await chainOf([mask, { fields: 'secret', mode: 'null' }]);
  const value = { before: null, after: { id: 1, secret: 'x' }, op: 'c' };
  const result = chain.apply(connectRecord({ schema: envelope, value }));
  const masked = schemaOf('secret', { type: 'string', optional: true });
  assert.deepEqual(result?.value, {
    schema: {
      ...envelope,
      fields: [
        { name: 'before', schema: { ...masked, optional: true } },
        { name: 'after', schema: { ...masked, optional: true } },
        { name: 'op', schema: { type: 'string', optional: false } },
      ],
    },
    value: { before: null, after: { id: 1, secret: null }, op: 'c' },
  });
  const again = chain.apply(connectRecord({ schema: envelope, value }));
  assert.equal(again?.value.schema, result?.value.schema, 'the same schema gives the same schema');
});

test('hash and partial make texts of other types', async () => {
  const chain = await chainOf([mask, { fields: 'secret', mode: 'partial', 'keep.last': '1' }]);
  const schema = schemaOf('secret', { type: 'int64', optional: true });
  assert.deepEqual(chain.apply(connectRecord({ schema, value: { id: 1, secret: 123 } }))?.value, {
    schema: schemaOf('secret', { type: 'string', optional: true }),
    value: { id: 1, secret: '**3' },
  });
});

test('of a masked text nothing but the ends is left, whatever the text', async () => {
  const chain = await chainOf([mask, { fields: 'secret', mode: 'partial', 'keep.first': '1', 'keep.last': '1' }]);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 3 }), (text) => {
      const result = chain.apply(connectRecord({ value: { secret: text } }))?.value.value as {
        readonly secret: string;
      };
      const [before, after] = [[...text], [...result.secret]];
      assert.equal(after.length, before.length);
      assert.ok(after.slice(1, -1).every((character) => character === '*'));
    }),
  );
});
