import assert from 'node:assert/strict';
import test from 'node:test';
import { mayFollow, stateAfterCreate, stateAfterUpdate } from '../../../../localstack/lambda/mapping-state.ts';

test('with a driver a change waits for it, without one it is done', () => {
  assert.equal(stateAfterCreate(undefined, true), 'Creating');
  assert.equal(stateAfterCreate(true, false), 'Enabled');
  assert.equal(stateAfterCreate(false, true), 'Disabled');
  assert.equal(stateAfterUpdate('Enabled', undefined, true), 'Updating');
  assert.equal(stateAfterUpdate('Enabled', false, true), 'Disabling');
  assert.equal(stateAfterUpdate('Disabled', true, true), 'Enabling');
  assert.equal(stateAfterUpdate('Disabling', true, false), 'Enabled');
  assert.equal(stateAfterUpdate('Enabled', false, false), 'Disabled');
});

test('a change that does not touch it leaves a mapping off, and one on its way stays on its way', () => {
  for (const hasDriver of [true, false]) {
    assert.equal(stateAfterUpdate('Disabled', undefined, hasDriver), 'Disabled');
    assert.equal(stateAfterUpdate('Disabling', undefined, hasDriver), 'Disabling');
    assert.equal(stateAfterUpdate('Disabled', false, hasDriver), 'Disabled');
  }
  assert.equal(stateAfterUpdate('Creating', true, true), 'Creating');
  assert.equal(stateAfterUpdate('Updating', undefined, true), 'Updating');
});

test('a driver completes a transition and no other', () => {
  for (const from of ['Creating', 'Enabling', 'Updating'] as const) {
    assert.equal(mayFollow(from, 'Enabled', false), true);
    assert.equal(mayFollow(from, 'Disabled', false), false);
    assert.equal(mayFollow(from, 'Disabled', true), true);
  }
  assert.equal(mayFollow('Disabling', 'Disabled', false), true);
  assert.equal(mayFollow('Disabling', 'Enabled', false), false);
  assert.equal(mayFollow('Disabled', 'Enabled', true), false);
  assert.equal(mayFollow('Enabled', 'Deleting', true), false);
});
