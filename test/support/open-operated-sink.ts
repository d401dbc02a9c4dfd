import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createAdminHandler } from '../../functions/sink/admin.ts';
import type { AdminAnswers, AdminCall } from '../../shared/connector/admin-call.ts';
import { buildKafkaEvent, type TestRecord } from './kafka-event-builder.ts';
import { buildLambdaContext } from './lambda-context.ts';
import { type OpenSink, openSink } from './open-sink.ts';
import { buildSinkEnvironment } from './sink-worker.ts';

/** A record of partition 0 of the topic `t`; a text value is sent as it is, anything else as JSON. */
export interface SentRecord {
  readonly offset: number;
  readonly value: unknown;
  readonly timestamp?: number;
}

/** Asks an instance of the admin function, which has to succeed. */
export type AskAdmin = <Call extends AdminCall>(call: Call) => Promise<AdminAnswers[Call['call']]>;

/** A sink of topic `t` and the admin function of its connector. */
export interface OperatedSink extends OpenSink {
  /** Delivers one batch; answers the first offset that was given back, or null. */
  deliver(records: readonly SentRecord[]): Promise<number | null>;
  /** Asks the admin function, which has to succeed. */
  readonly ask: AskAdmin;
  /** A further instance of the admin function. */
  openAdmin(): AskAdmin;
  /** Dead letters as `offset code state`, in order. */
  letters(): Promise<string[]>;
}

/** Opens a database with this setup and a sink of topic `t` with its admin function. */
export async function openOperatedSink(
  t: TestContext,
  setup: string,
  config: Readonly<Record<string, string>> = {},
): Promise<OperatedSink> {
  const full = { topics: 't', 'target.tablename': 't', writeMode: 'upsert', ...config };
  const sink = await openSink(t, { setup, config: full });
  const databaseUrl = sink.database.url;
  const environment = buildSinkEnvironment({ name: 'test-sink', databaseUrl, config: full });
  const openAdmin = (): AskAdmin => {
    const admin = createAdminHandler(environment, { sink: () => {}, now: Date.now });
    t.after(() => admin.close());
    return async <Call extends AdminCall>(call: Call) => {
      const reply = await admin(call, buildLambdaContext());
      assert.ok(reply.ok, JSON.stringify(reply));
      return reply.answer as AdminAnswers[Call['call']];
    };
  };
  return {
    ...sink,
    async deliver(records) {
      const sent = records.map((record) => toRecord(record));
      const answer = await sink.worker.invoke(buildKafkaEvent(sent));
      return (answer?.batchItemFailures ?? [])[0]?.itemIdentifier.offset ?? null;
    },
    ask: openAdmin(),
    openAdmin,
    async letters() {
      const rows = await sink.database.query('select "offset", code, state from sluice.dead_letters order by "offset"');
      return rows.map(({ offset, code, state }) => `${offset} ${code} ${state}`);
    },
  };
}

/** The record in partition 0 of `t`. */
export function toRecord({ offset, value, timestamp }: SentRecord): TestRecord {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { topic: 't', partition: 0, offset, value: text, ...(timestamp !== undefined && { timestamp }) };
}
