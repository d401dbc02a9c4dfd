/**
 * What each transform costs a record: microseconds for one of 15 fields, with its schema and as plain JSON. Run with
 * `npm run bench:filter` or alone; the figures of a busy machine are noisy.
 */
import type { ConnectRecord } from '../../shared/data/connect-record.ts';
import type { Field, Schema } from '../../shared/data/schema.ts';
import type { Value } from '../../shared/data/value.ts';
import { createTransforms } from '../../shared/transform/create-transforms.ts';

const kafka = 'org.apache.kafka.connect.transforms';
const confluent = 'io.confluent.connect.transforms';
const debezium = 'io.debezium.transforms';
const fieldCount = 12;
const recordsPerRun = 20_000;
const runs = 5;

type Options = Readonly<Record<string, string>>;

const rowFields: readonly Field[] = [
  { name: 'id', schema: { type: 'int64', optional: false } },
  { name: 'at', schema: { type: 'int64', optional: true } },
  { name: 'nested', schema: { type: 'struct', optional: true, fields: [{ name: 'a', schema: text() }] } },
  ...Array.from({ length: fieldCount }, (_, index) => ({ name: `f${index}`, schema: text() })),
];
const row: Schema = { type: 'struct', optional: true, name: 'shop.orders.Value', fields: rowFields };
const envelope: Schema = {
  type: 'struct',
  optional: false,
  name: 'shop.orders.Envelope',
  fields: [
    { name: 'before', schema: row },
    { name: 'after', schema: row },
    { name: 'source', schema: { type: 'struct', optional: false, fields: [{ name: 'table', schema: text() }] } },
    { name: 'op', schema: { type: 'string', optional: false } },
  ],
};

function text(): Schema {
  return { type: 'string', optional: true };
}

function toRow(index: number): Record<string, Value> {
  const texts = Array.from({ length: fieldCount }, (_, field) => [`f${field}`, `value ${index} ${field}`]);
  return { id: index, at: 1_577_836_800_000 + index, nested: { a: 'x' }, ...Object.fromEntries(texts) };
}

function toRecord(index: number, schema: Schema | null, value: Value): ConnectRecord {
  const key = { schema: { type: 'struct', optional: false, fields: [rowFields[0]!] }, value: { id: index } } as const;
  const headers = [{ name: 'h', schema: text(), value: 'x' }];
  return {
    topic: 'shop.orders',
    partition: 0,
    offset: index,
    timestamp: 1_577_836_800_000,
    key,
    value: { schema, value },
    headers,
  };
}

const indexes = Array.from({ length: 1_000 }, (_, index) => index);
const inputs = {
  schema: indexes.map((index) => toRecord(index, row, toRow(index))),
  plain: indexes.map((index) => toRecord(index, null, toRow(index))),
  envelope: indexes.map((index) =>
    toRecord(index, envelope, { before: toRow(index), after: toRow(index + 1), source: { table: 'orders' }, op: 'u' }),
  ),
};

const both = ['schema', 'plain'] as const;
const cases: readonly (readonly [className: string, options: Options, of: readonly (keyof typeof inputs)[]])[] = [
  [`${kafka}.Cast$Value`, { spec: 'id:string' }, both],
  [`${kafka}.ExtractField$Value`, { field: 'nested' }, both],
  [`${kafka}.Flatten$Value`, {}, both],
  [`${kafka}.HeaderFrom$Value`, { fields: 'f0', headers: 'h0', operation: 'move' }, both],
  [`${kafka}.HoistField$Value`, { field: 'row' }, both],
  [`${kafka}.InsertField$Value`, { 'topic.field': 'topic', 'offset.field': 'offset' }, both],
  [`${kafka}.MaskField$Value`, { fields: 'f0,f1' }, both],
  [`${kafka}.ReplaceField$Value`, { exclude: 'f0', renames: 'f1:g1' }, both],
  [`${kafka}.SetSchemaMetadata$Value`, { 'schema.name': 'other' }, ['schema']],
  [
    `${kafka}.TimestampConverter$Value`,
    { field: 'at', 'target.type': 'string', format: "yyyy-MM-dd'T'HH:mm:ss.SSS" },
    both,
  ],
  [`${kafka}.ValueToKey`, { fields: 'id' }, both],
  [`${kafka}.DropHeaders`, { headers: 'h' }, ['plain']],
  [`${kafka}.InsertHeader`, { header: 'g', 'value.literal': '1' }, ['plain']],
  [`${kafka}.RegexRouter`, { regex: 'shop\\.(.*)', replacement: '$1' }, ['plain']],
  [`${kafka}.TimestampRouter`, {}, ['plain']],
  [`${kafka}.Filter`, {}, ['plain']],
  [`${debezium}.ExtractNewRecordState`, { 'add.fields': 'op,table' }, ['envelope']],
  [`${debezium}.ByLogicalTableRouter`, { 'topic.regex': '(.*)', 'topic.replacement': 'all.$1' }, ['envelope']],
  [`${debezium}.ExtractChangedRecordState`, { 'header.changed.name': 'changed' }, ['envelope']],
  [`${debezium}.HeaderToValue`, { headers: 'h', fields: 'h', operation: 'copy' }, ['schema']],
  [`${debezium}.TimezoneConverter`, { 'converted.timezone': 'Europe/Berlin' }, ['envelope']],
  [`${confluent}.Filter$Value`, { 'filter.condition': "$[?(@.f0 == 'x')]", 'filter.type': 'include' }, both],
  [`${confluent}.ExtractTopic$Value`, { field: 'f0' }, both],
  [`${confluent}.Drop$Value`, {}, ['plain']],
  [`${confluent}.TombstoneHandler`, {}, ['plain']],
  ['io.sluice.transforms.Mask$Value', { fields: 'f0', mode: 'null' }, ['schema', 'plain', 'envelope']],
  ['io.sluice.transforms.Mask$Value', { fields: 'f0', mode: 'partial', 'keep.last': '2' }, both],
  ['io.sluice.transforms.Mask$Value', { fields: 'f0', mode: 'hash', 'hash.key': 'sixteen characters' }, both],
];

/** Microseconds a record, the least of several runs. */
async function measure(className: string, options: Options, records: readonly ConnectRecord[]): Promise<number> {
  const settings = { steps: [{ alias: 't', className, options, negate: false }] };
  const chain = await createTransforms(settings, { resolveSecret: async (value) => value });
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    for (let index = 0; index < recordsPerRun; index++) chain.apply(records[index % records.length]!);
    best = Math.min(best, ((performance.now() - start) * 1_000) / recordsPerRun);
  }
  return best;
}

/** Prints a row for each transform and kind of record. */
export async function benchTransforms(): Promise<void> {
  console.log('| transform | record | µs a record | records/s |\n| --- | --- | ---: | ---: |');
  for (const [className, options, kinds] of cases) {
    const name =
      className.slice(className.lastIndexOf('.') + 1) + (options.mode === undefined ? '' : ` ${options.mode}`);
    for (const kind of kinds) {
      const cost = await measure(className, options, inputs[kind]);
      console.log(`| ${name} | ${kind} | ${cost.toFixed(2)} | ${Math.round(1e6 / cost).toLocaleString('en')} |`);
    }
  }
}

if (import.meta.main) await benchTransforms();
