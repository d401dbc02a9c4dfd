import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServiceName } from '../../../../localstack/services/service.ts';
import type { KeeperListener, Supervision } from '../../../../localstack/stack/process-keeper.ts';
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
function openSet(
  change: Partial<
    Record<ServiceName, Partial<{ check: Error; start: Error; stop: Error; supervision: Supervision }>>
  > = {},
) {
  const events: string[] = [];
  const definitions: ServiceDefinition[] = needs.map(([name, needed]) => ({
    name,
    needs: needed,
    check: async () => {
      if (change[name]?.check !== undefined) throw change[name].check;
    },
    start: async () => {
      events.push(`start ${name}`);
      if (change[name]?.start !== undefined) throw change[name].start;
      return {
        url: `http://${name}`,
        ...(change[name]?.supervision !== undefined && { supervision: change[name].supervision }),
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
    died: (name: ServiceName, reason: string) => void events.push(`died ${name} ${reason}`),
    refused: (name: ServiceName, error: unknown) => void events.push(`refused ${name} ${(error as Error).message}`),
  };
  return { events, services: new ServiceSet(definitions, listener, () => 0) };
}

describe('the services of a stack', () => {
  test('nothing starts when one of them could not', async () => {
    const { events, services } = openSet({ lambda: { check: new Error('There is no Python.') } });
    await assert.rejects(services.start(), /There is no Python/);
    await assert.rejects(services.start('connect'), /There is no Python/);
    assert.deepEqual(events, []);
    const lambda = services.status().find(({ name }) => name === 'lambda');
    assert.deepEqual([lambda?.state, lambda?.reason], ['failed', 'There is no Python.']);
    assert.deepEqual(await services.start('broker'), ['postgres', 'broker'], 'what does not need it starts');
  });

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

  test('tell of a process that died and of its return, until the service is stopped', async () => {
    let process: KeeperListener | undefined;
    let tries = 0;
    const supervision = {
      watch(listener: KeeperListener) {
        process = listener;
      },
      retryNow: async () => void tries++,
    };
    const { events, services } = openSet({ postgres: { supervision } });
    await services.start('broker');
    events.length = 0;
    process!.died('it ended');
    process!.refused(new Error('taken'), 1_000);
    const [failed, broker] = services.status();
    assert.deepEqual(failed, { name: 'postgres', state: 'failed', url: null, reason: 'taken' });
    assert.deepEqual(broker, { name: 'broker', state: 'up', url: 'http://broker', reason: null });
    const before = tries;
    await services.start('postgres');
    assert.equal(tries - before, 1, 'a start does not wait for the pause');
    process!.back(5);
    const [back] = services.status();
    assert.deepEqual(back, { name: 'postgres', state: 'up', url: 'http://postgres', reason: null });
    assert.deepEqual(events, ['died postgres it ended', 'refused postgres taken', 'up postgres']);
    await services.stop();
    process!.died('late');
    assert.equal(services.status()[0]!.state, 'stopped');
  });

  test('start nothing more once they are closed, even amid a start', async () => {
    const { events, services } = openSet();
    const started = services.start();
    await services.close();
    await started;
    assert.deepEqual(events, []);
  });
});
