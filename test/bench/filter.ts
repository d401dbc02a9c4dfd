import type { Schema } from '../../shared/data/schema.ts';
import { ExactNumber, type Fields } from '../../shared/data/value.ts';
import { openRecordSelector } from '../../shared/connector/open-record-selector.ts';
import { readConnectorPlan } from '../../shared/connector/read-connector-environment.ts';
import { createConverterPorts } from '../../shared/converter/converter-ports.ts';
import { decodeJsonLossless } from '../../shared/converter/json-converter.ts';
import { compileFilterSql } from '../../shared/filter/sql/compile-filter-sql.ts';
import type { SqlRow } from '../../shared/filter/sql/row-source.ts';
import { type KafkaRecord, toValueBytes } from '../../shared/kafka/record.ts';
import { toBenchEnvironment, toRecord } from './sink-workload.ts';
import { benchTopologies } from './topologies.ts';
import { benchTransforms } from './transforms.ts';

/**
 * `npm run bench:filter`: microseconds a record and records/s, on rows of which one in a hundred matches. First what a
 * connector does with records as Lambda delivers them, beside only reading them; then WHERE and the select list of
 * `filter.sql` alone, as plain JSON and with a schema; each transform; the chained beside the direct topology. An argument
 * is the number of records instead of a million.
 */
const count = Number(process.argv[2] ?? 1_000_000);
const sql = `SELECT id, upper(name) AS name, amount * 100 AS cents, created FROM orders
  WHERE region = 'EU' AND amount >= 10 AND name LIKE 'cust%' AND status IN ('paid', 'sent', 'done')`;
const metadata = {
  op: 'c',
  topic: 'shop.public.orders',
  partition: 0,
  offset: 0,
  timestamp: null,
  key: { schema: null, value: null },
  headers: [],
  source: null,
};
const optional = { optional: true } as const;
const schema: Schema = {
  type: 'struct',
  optional: false,
  fields: [
    { name: 'id', schema: { type: 'int64', ...optional } },
    { name: 'name', schema: { type: 'string', ...optional } },
    { name: 'region', schema: { type: 'string', ...optional } },
    { name: 'status', schema: { type: 'string', ...optional } },
    {
      name: 'amount',
      schema: { type: 'bytes', name: 'org.apache.kafka.connect.data.Decimal', parameters: { scale: '2' }, ...optional },
    },
    { name: 'created', schema: { type: 'int64', name: 'io.debezium.time.MicroTimestamp', ...optional } },
  ],
};

/** One in a hundred is of the EU. */
function toImage(index: number): Fields {
  return {
    id: index,
    name: `customer ${index}`,
    region: index % 100 === 0 ? 'EU' : 'US',
    status: 'paid',
    amount: new ExactNumber(`${10 + (index % 90)}.50`),
    created: 1_700_000_000_000_000 + index,
  };
}

const images = Array.from({ length: 1000 }, (_, index) => toImage(index));
const records: KafkaRecord[] = images.map((after, index) => toRecord(index, { op: 'c', before: null, after }));
const started = performance.now();
const select = (await compileFilterSql(sql)).selects[0]!;
console.log(`compile filter.sql, with its parser: ${(performance.now() - started).toFixed(0)} ms`);

console.log('\n| step | µs a record | records/s |\n| --- | ---: | ---: |');
measure('scan: bytes and JSON of the value', (index) => decodeJsonLossless(toValueBytes(records[index]!)!));
await measureConnector('filter.sql, one in a hundred matches', { 'filter.sql': sql.replace('orders', 'bench') });
await measureConnector('tables: not on the list, decided by the topic', { 'table.include.list': 'orders' });
await measureConnector('operations: skipped', { 'skipped.operations': 'c' });
for (const [name, withSchema] of [
  ['JSON', null],
  ['with schema', schema],
] as const) {
  const rows: SqlRow[] = images.map((image) => ({ image, schema: withSchema, metadata }));
  measure(`WHERE, ${name}`, (index) => select.test(rows[index]!));
  measure(`select list, ${name}`, (index) => select.project(rows[index]!));
}
await benchTransforms();
await benchTopologies();

/** The filter of a connector, as both functions have it, on records of the topic `bench`. */
async function measureConnector(name: string, config: Readonly<Record<string, string>>): Promise<void> {
  const environment = toBenchEnvironment('postgresql://bench@localhost:5432/bench', {
    'value.converter.schemas.enable': 'false',
    ...config,
  });
  const secrets = { resolve: async (text: string) => text, forget: () => {} };
  const selector = await openRecordSelector(
    readConnectorPlan(environment),
    createConverterPorts({}, secrets, Date.now),
  );
  await selector.prepare(records);
  measure(name, (index) => selector.decideUndecoded(records[index]!) ?? selector.select(records[index]!, false));
}

function measure(name: string, run: (index: number) => unknown): void {
  for (let index = 0; index < 20_000; index++) run(index % 1000);
  const from = performance.now();
  for (let index = 0; index < count; index++) run(index % 1000);
  report(name, from, count);
}

function report(name: string, from: number, times: number): void {
  const microseconds = ((performance.now() - from) * 1000) / times;
  console.log(`| ${name} | ${microseconds.toFixed(2)} | ${Math.round(1e6 / microseconds).toLocaleString('en')} |`);
}
