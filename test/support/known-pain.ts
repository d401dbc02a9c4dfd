import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStream, type StreamedRecord } from './open-stream.ts';

/**
 * Something that users of other sinks lost data or time to, by the threads that tell of it: `C#n` is
 * confluentinc/kafka-connect-jdbc, `A#n` Aiven-Open/jdbc-connector-for-apache-kafka, `dbz#n` debezium/dbz, `DBZ-n`
 * Debezium's older tracker, `D PR#n` debezium/debezium.
 */
export interface KnownPain {
  readonly threads: string;
  /** What holds here instead. */
  readonly holds: string;
  /** Creates table `t`, or the tables of `config`. */
  readonly setup: string;
  readonly config?: Readonly<Record<string, string>>;
  /** Delivered one after the other. */
  readonly batches: readonly (readonly StreamedRecord[])[];
  /** What is read at the end; `select * from t` unless said otherwise. */
  readonly query?: string;
  /** Rows of it, columns joined by blanks. */
  readonly rows: readonly string[];
  /** Offset and code of each dead letter; none unless said otherwise. */
  readonly letters?: readonly string[];
}

/** One test for each, named after its threads: the rows, the letters, and that every record has one outcome. */
export function testKnownPains(pains: readonly KnownPain[]): void {
  for (const { threads, holds, setup, config = {}, batches, query = 'select * from t', rows, letters = [] } of pains) {
    test(`${threads}: ${holds}`, async (t) => {
      const stream = await openStream(t, setup, config);
      for (const batch of batches) await stream.send(...batch);
      assert.deepEqual(await stream.rows(query), [...rows].sort());
      assert.deepEqual(await stream.letters(), letters);
      const { applied, filtered, deadLettered } = await stream.totals();
      const sent = batches.reduce((sum, batch) => sum + batch.length, 0);
      assert.equal(applied + filtered + deadLettered, sent, 'every record has one outcome');
    });
  }
}
