import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { WriteMode } from '../../shared/postgres/target-settings.ts';
import { buildKafkaEvent } from './kafka-event-builder.ts';
import { type OpenSink, openSink } from './open-sink.ts';

/** A sink that writes partition 0 of topic `t` to table `t`. */
export interface OpenTarget extends OpenSink {
  /** Delivers the messages, JSON text or what becomes it, as one batch behind those that were sent before. */
  send(...messages: readonly unknown[]): Promise<void>;
}

/** Opens a database with this setup, which creates `t`, and a sink on it. `keyFields` is `pk.fields`. */
export async function openTarget(
  t: TestContext,
  setup: string,
  mode: WriteMode = 'upsert',
  keyFields?: string,
): Promise<OpenTarget> {
  const keys = keyFields === undefined ? {} : { 'pk.fields': keyFields };
  const config = { topics: 't', 'target.tablename': 't', writeMode: mode, ...keys };
  const sink = await openSink(t, { setup, config });
  let next = 0;
  return {
    ...sink,
    async send(...messages) {
      const records = messages.map((message) => {
        const value = typeof message === 'string' ? message : JSON.stringify(message);
        return { topic: 't', partition: 0, offset: next++, value };
      });
      await sink.worker.invoke(buildKafkaEvent(records));
    },
  };
}

/** The message of an insert. */
export const create = (after: object) => ({ op: 'c', before: null, after });

/** The message of an update. */
export const update = (before: object | null, after: object) => ({ op: 'u', before, after });

/** The message of a delete. */
export const remove = (before: object) => ({ op: 'd', before, after: null });

/** Asserts what the one row of the ledger counts; what is not named is zero, and the partition not blocked. */
export async function expectLedger({ database }: OpenSink, expected: Record<string, unknown>): Promise<void> {
  const columns = 'applied::int, dead_lettered::int as letters, unmatched::int, blocked_code as blocked';
  assert.deepEqual(await database.query(`select ${columns} from sluice.offsets`), [
    { applied: 0, letters: 0, unmatched: 0, blocked: null, ...expected },
  ]);
}
