import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestName } from '../../../../shared/config/nearest-name.ts';

test('the closest known name is found through typos, swaps and case', () => {
  const known = ['connection.url', 'connection.user', 'topics', 'tasks.max'];
  assert.equal(nearestName('conection.url', known), 'connection.url');
  assert.equal(nearestName('Topics', known), 'topics');
  assert.equal(nearestName('tpoics', known), 'topics');
  assert.equal(nearestName('task.max', known), 'tasks.max');
});

test('a name that resembles none has no hint', () => {
  assert.equal(nearestName('x', ['topics']), undefined);
  assert.equal(nearestName('something.else', ['topics', 'tasks.max']), undefined);
  assert.equal(nearestName('', ['a']), undefined);
});
