import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Schema } from '../../shared/data/schema.ts';
import type { Value } from '../../shared/data/value.ts';
import { createAvroWriter } from '../support/connect-avro-writer.ts';
import { toConnectJsonSchema, toJsonSchemaPayload } from '../support/connect-json-schema-writer.ts';
import { toConnectPayload, toConnectSchema } from '../support/connect-json-writer.ts';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { type OpenSink, openSink } from '../support/open-sink.ts';
import { openStaticRegistry } from '../support/static-registry.ts';
import { optional, typeCases, typeSetup } from '../support/type-cases.ts';

/** How a format writes Debezium's envelope of a created row. */
interface Format {
  readonly config: Record<string, string>;
  write(row: Schema, values: { readonly [name: string]: Value }): Buffer;
}

const names = typeCases.map((_, i) => `c${i}`);
const columns = typeCases.map(({ column }, i) => `c${i} ${column}`).join(', ');
const row: Schema = {
  type: 'struct',
  optional: true,
  name: 'server.public.wide.Value',
  fields: [
    { name: 'id', schema: { ...optional('int32'), optional: false } },
    ...typeCases.map(({ schema }, i) => ({ name: `c${i}`, schema })),
  ],
};
const envelope: Schema = {
  type: 'struct',
  optional: false,
  name: 'server.public.wide.Envelope',
  fields: [
    { name: 'before', schema: row },
    { name: 'after', schema: row },
    { name: 'op', schema: { ...optional('string'), optional: false } },
  ],
};

async function jsonFormat(): Promise<Format> {
  return {
    config: {
      'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
      'value.converter.schemas.enable': 'true',
    },
    write: (schema, values) =>
      Buffer.from(
        `{"schema":${JSON.stringify(toConnectSchema(schema))},"payload":${toConnectPayload(values, schema)}}`,
      ),
  };
}

async function avroFormat(t: TestContext): Promise<Format> {
  const registry = await openStaticRegistry(t);
  const writer = createAvroWriter(envelope);
  const frame = registry.add(writer.schema);
  return {
    config: {
      'value.converter': 'io.confluent.connect.avro.AvroConverter',
      'value.converter.schema.registry.url': registry.url,
    },
    write: (_schema, values) => Buffer.concat([frame, writer.write(values)]),
  };
}

async function jsonSchemaFormat(t: TestContext): Promise<Format> {
  const registry = await openStaticRegistry(t);
  const frame = registry.add(JSON.stringify(toConnectJsonSchema(envelope)), 'JSON');
  return {
    config: {
      'value.converter': 'io.confluent.connect.json.JsonSchemaConverter',
      'value.converter.schema.registry.url': registry.url,
    },
    write: (schema, values) => Buffer.concat([frame, Buffer.from(toJsonSchemaPayload(values, schema))]),
  };
}

const formats: Readonly<Record<string, (t: TestContext) => Promise<Format>>> = {
  'JSON with schema': jsonFormat,
  Avro: avroFormat,
  'JSON Schema': jsonSchemaFormat,
};

async function send({ worker }: OpenSink, format: Format, afters: readonly { readonly [name: string]: Value }[]) {
  const records = afters.map((after, offset) => ({
    topic: 'wide',
    partition: 0,
    offset,
    value: format.write(envelope, { before: null, after, op: 'c' }),
  }));
  await worker.invoke(buildKafkaEvent(records));
}

for (const [name, open] of Object.entries(formats)) {
  test(`what ${name} says is what the column of each type holds, null included`, async (t) => {
    const format = await open(t);
    const sink = await openSink(t, {
      setup: `${typeSetup} create table wide (id integer primary key, ${columns});`,
      config: { topics: 'wide', 'target.tablename': 'wide', writeMode: 'upsert', ...format.config },
    });
    const nulls = Object.fromEntries(names.map((column) => [column, null]));
    const values = Object.fromEntries(typeCases.map(({ value }, i) => [`c${i}`, value]));
    await send(sink, format, [
      { id: 1, ...nulls },
      { id: 2, ...values },
    ]);
    assert.deepEqual(await sink.database.query('select "offset", code, message from sluice.dead_letters'), []);
    const read = names.map((column) => `${column}::text`).join(', ');
    const raw = await sink.database.connect();
    await raw.query("set timezone to 'UTC'");
    const { rows } = await raw.query({ text: `select ${read} from wide order by id`, rowMode: 'array' });
    assert.equal(rows.length, 2);
    assert.ok(rows[0]!.every((text) => text === null));
    const meant = typeCases.map(({ column }, i) => `$${i + 1}::text::${column}::text`).join(', ');
    const { rows: expected } = await raw.query({
      text: `select ${meant}`,
      values: typeCases.map(({ expected: text }) => text),
      rowMode: 'array',
    });
    const show = (text: string | null, i: number) =>
      `${typeCases[i]!.column} ${typeCases[i]!.schema.name ?? typeCases[i]!.schema.type}: ${text}`;
    assert.deepEqual(rows[1]!.map(show), expected[0]!.map(show));
  });
}
