import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { onEndSignal } from '../../../../localstack/stack/end-signal.ts';

function listen() {
  const calls: string[] = [];
  const process = new EventEmitter();
  const state = { nowMs: 0 };
  const forget = onEndSignal({
    end: () => void calls.push('end'),
    force: () => void calls.push('force'),
    nowMs: () => state.nowMs,
    process: process as unknown as NodeJS.Process,
  });
  const send = (signal: string, atMs: number) => {
    state.nowMs = atMs;
    process.emit(signal, signal);
  };
  return { calls, send, forget, process };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  test(`${signal} ends, once`, () => {
    const { calls, send } = listen();
    send(signal, 0);
    assert.deepEqual(calls, ['end']);
  });
}

test('the same Ctrl-C, passed on by npm, does not force', () => {
  const { calls, send } = listen();
  for (const atMs of [0, 1, 500, 1_000]) send('SIGINT', atMs);
  assert.deepEqual(calls, ['end']);
});

test('a second Ctrl-C forces, a terminal that goes away does not', () => {
  const { calls, send } = listen();
  send('SIGINT', 0);
  send('SIGHUP', 5_000);
  send('SIGINT', 6_000);
  assert.deepEqual(calls, ['end', 'force']);
});

test('signals have their usual meaning again afterwards', () => {
  const { forget, process } = listen();
  forget();
  assert.equal(process.listenerCount('SIGINT'), 0);
});
