import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServiceName } from '../../../../localstack/services/service.ts';
import { type ServiceDefinition, ServiceSet } from '../../../../localstack/stack/service-set.ts';

const needs: [ServiceName, ServiceName[]][] = [
  ['postgres', []],
  ['broker', ['postgres']],
  ['kafka-rest', ['broker']],
  ['lambda', []],
  ['event-source', ['broker', 'lambda']],
  ['connect', ['broker', 'lambda']],
];

/** Services that only tell what happens to them. */
function openSet(change: Partial<Record<ServiceName, Partial<{ start: Error; stop: Error }>>> = {}) {
  const events: string[] = [];
  const definitions: ServiceDefinition[] = needs.map(([name, needed]) => ({
    name,
    needs: needed,
    start: async () => {
      events.push(`start ${name}`);
      if (change[name]?.start !== undefined) throw change[name].start;
      return {
        url: `http://${name}`,
        stop: async () => {
          events.push(`stop ${name}`);
          if (change[name]?.stop !== undefined) throw change[name].stop;
        },
      };
    },
  }));
  const listener = {
    up: (name: ServiceName) => void events.push(`up ${name}`),
    down: (name: ServiceName, _elapsedMs: number, failure?: unknown) =>
      void events.push(`${failure === undefined ? 'down' : 'failed'} ${name}`),
  };
  return { events, services: new ServiceSet(definitions, listener, () => 0) };
}

describe('the services of a stack', () => {
  test('start in order and stop in reverse order', async () => {
    const { events, services } = openSet();
    await services.start();
    await services.stop();
    const names = needs.map(([name]) => name);
    const up = events.filter((event) => event.startsWith('up'));
    const down = events.filter((event) => event.startsWith('down'));
    assert.deepEqual(
      up,
      names.map((name) => `up ${name}`),
    );
    assert.deepEqual(
      down,
      names.toReversed().map((name) => `down ${name}`),
    );
  });

  test('start what one of them needs, nothing else, and not twice', async () => {
    const { services } = openSet();
    assert.deepEqual(await services.start('kafka-rest'), ['postgres', 'broker', 'kafka-rest']);
    assert.deepEqual(await services.start('event-source'), ['lambda', 'event-source']);
    assert.deepEqual(
      services.status().map(({ state }) => state),
      ['up', 'up', 'up', 'up', 'up', 'stopped'],
    );
  });

  test('stop what depends on one of them first', async () => {
    const { services } = openSet();
    await services.start();
    assert.deepEqual(await services.stop('lambda'), ['connect', 'event-source', 'lambda']);
    assert.deepEqual(await services.stop('postgres'), ['kafka-rest', 'broker', 'postgres']);
  });

  test('stop again what the same start had brought up when one fails, and only that', async () => {
    const { events, services } = openSet({ 'event-source': { start: new Error('no') } });
    await services.start('broker');
    events.length = 0;
    await assert.rejects(services.start(), { message: 'no' });
    assert.deepEqual(events, [
      'start kafka-rest',
      'up kafka-rest',
      'start lambda',
      'up lambda',
      'start event-source',
      'stop lambda',
      'down lambda',
      'stop kafka-rest',
      'down kafka-rest',
    ]);
    assert.deepEqual(
      services.status().map(({ state }) => state),
      ['up', 'up', 'stopped', 'stopped', 'failed', 'stopped'],
    );
  });

  test('go on stopping when one of them does not stop as it should', async () => {
    const { events, services } = openSet({ broker: { stop: new Error('stuck') } });
    await services.start('kafka-rest');
    events.length = 0;
    await services.close();
    assert.deepEqual(
      events.filter((event) => !event.startsWith('stop')),
      ['down kafka-rest', 'failed broker', 'down postgres'],
    );
  });

  test('start nothing more once they are closed, even amid a start', async () => {
    const { events, services } = openSet();
    const started = services.start();
    await services.close();
    await started;
    assert.deepEqual(events, []);
  });
});
