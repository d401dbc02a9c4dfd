import type { Schema } from '../../shared/data/schema.ts';
import { ExactNumber, type Fields } from '../../shared/data/value.ts';
import { decodeJsonLossless } from '../../shared/converter/json-converter.ts';
import { compileFilterSql } from '../../shared/filter/sql/compile-filter-sql.ts';
import type { SqlRow } from '../../shared/filter/sql/row-source.ts';

/**
 * `npm run bench:filter`: microseconds a record for reading JSON, for WHERE and for the select list of `filter.sql`, on rows
 * of which one in a hundred matches, as plain JSON and with a schema.
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
const documents = images.map((image) => Buffer.from(JSON.stringify({ op: 'c', before: null, after: image })));
const started = performance.now();
const select = (await compileFilterSql(sql)).selects[0]!;
report('compile filter.sql, with its parser', started, 1);

measure('read JSON', (index) => decodeJsonLossless(documents[index]!));
for (const [name, withSchema] of [
  ['JSON', null],
  ['with schema', schema],
] as const) {
  const rows: SqlRow[] = images.map((image) => ({ image, schema: withSchema, metadata }));
  measure(`WHERE, ${name}`, (index) => select.test(rows[index]!));
  measure(`select list, ${name}`, (index) => select.project(rows[index]!));
}
measure('read JSON, WHERE, and the select list for one in a hundred', (index) => {
  const { after } = decodeJsonLossless(documents[index]!) as { after: Fields };
  const row = { image: after, schema: null, metadata };
  if (select.test(row) === true) select.project(row);
});

function measure(name: string, run: (index: number) => unknown): void {
  for (let index = 0; index < 20_000; index++) run(index % 1000);
  const from = performance.now();
  for (let index = 0; index < count; index++) run(index % 1000);
  report(name, from, count);
}

function report(name: string, from: number, times: number): void {
  const milliseconds = performance.now() - from;
  console.log(`${name.padEnd(62)} ${((milliseconds * 1000) / times).toFixed(2).padStart(10)} µs`);
}
