import { readFileSync } from 'node:fs';

/** A record that Kafka Connect or Debezium wrote (`test/fixtures/converter/README.md`). */
export interface ConnectFixture {
  readonly name: string;
  readonly schemasEnable: boolean;
  /** Null for a tombstone. */
  readonly text: string | null;
}

const lines = readFileSync(new URL('../fixtures/converter/connect/records.jsonl', import.meta.url), 'utf8');

/** All of them. */
export const connectRecords: readonly ConnectFixture[] = lines
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as ConnectFixture);

/** The bytes of one. */
export function connectRecord(name: string, schemasEnable: boolean): Buffer {
  const found = connectRecords.find((record) => record.name === name && record.schemasEnable === schemasEnable);
  if (found?.text == null) throw new Error(`There is no record ${name}.`);
  return Buffer.from(found.text);
}
