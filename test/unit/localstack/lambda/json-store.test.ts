import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { JsonStore } from '../../../../localstack/lambda/json-store.ts';

test('values survive and the last of several writes wins', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const store = await JsonStore.open<number>(dir);
  const writes = [store.set('a', 1), store.set('b', 2), store.set('a', 3), store.delete('b'), store.set('c', 4)];
  assert.equal(store.get('a'), 3, 'visible before it is on disk');
  assert.equal(store.get('b'), undefined);
  await Promise.all(writes);
  store.setVolatile('a', 5);
  assert.equal(store.get('a'), 5);

  const reopened = await JsonStore.open<number>(dir);
  assert.deepEqual(reopened.values(), [3, 4]);
});

test('what a killed process left half-written is removed and not read', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  await (await JsonStore.open<number>(dir)).set('a', 1);
  writeFileSync(join(dir, 'a.1b4e28ba-2fa1-11d2-883f-0016d3cca427'), '{"half');
  const store = await JsonStore.open<number>(dir);
  assert.equal(store.get('a'), 1);
  assert.deepEqual(readdirSync(dir), ['a.json']);
});

test('a write that fails is told to its caller and does not stop later ones', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const store = await JsonStore.open<number>(dir);
  await assert.rejects(store.set('no/such/folder', 1), { code: 'ENOENT' });
  await store.set('a', 1);
  assert.deepEqual(readdirSync(dir), ['a.json']);
});
