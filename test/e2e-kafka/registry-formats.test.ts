import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RegisteredSchema } from '../../shared/converter/registry/schema-source.ts';
import { readGoldenJson } from '../support/json-schema-golden.ts';
import { pollUntil } from '../support/poll-until.ts';
import { readGoldenProtobuf, readRegisteredDescriptor } from '../support/protobuf-golden.ts';
import { createConnector } from '../support/stack-client.ts';
import { connectTo, endStack, makeStackFolder, type StackProcess, startStack } from '../support/stack-process.ts';

/** Registers a schema with what it refers to, and answers its id. */
async function register(url: string, subject: string, { format, text, imports }: RegisteredSchema): Promise<number> {
  const references: { name: string; subject: string; version: number }[] = [];
  for (const imported of imports) {
    // Each stands behind those that it refers to.
    const own = references.filter(({ name }) => imported.text.includes(name));
    await post(url, imported.name, { schemaType: format, schema: imported.text, references: own });
    references.push({ name: imported.name, subject: imported.name, version: 1 });
  }
  const direct = references.filter(({ name }) => text.includes(name));
  return await post(url, subject, { schemaType: format, schema: text, references: direct });
}

async function post(url: string, subject: string, schema: unknown): Promise<number> {
  const response = await fetch(`${url}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(schema),
  });
  const answer = await response.text();
  assert.equal(response.status, 200, answer);
  return (JSON.parse(answer) as { id: number }).id;
}

/** Produces a golden record with the id that the registry gave its schema. */
async function produce(stack: StackProcess, topic: string, bytes: Buffer, id: number): Promise<void> {
  const framed = Buffer.from(bytes);
  framed.writeUInt32BE(id, 1);
  const response = await fetch(`${stack.restUrl}/topics/${topic}`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.kafka.binary.v2+json' },
    body: JSON.stringify({ records: [{ value: framed.toString('base64') }] }),
  });
  assert.equal(response.status, 200, await response.text());
}

test('records of other serializers, under schemas of a registry, are rows', async (t) => {
  const stack = await startStack(makeStackFolder(t), ['--bare', '--broker', 'kafka', '--schema-registry']);
  const registryUrl = /\[UP\] +schema-registry +(\S+)/.exec(stack.output())?.[1] ?? '';
  const database = await connectTo(t, stack.databaseUrl);
  await database.query(`set timezone to 'UTC'; set intervalstyle to 'iso_8601';
    create table everything (an_int64 bigint, a_uint64 numeric, a_double double precision, some_bytes bytea, packed bigint[],
      by_text jsonb, by_number jsonb, child jsonb, color text, choice_0 jsonb, maybe_number bigint, instant timestamptz,
      duration interval, document jsonb, wrapped_int64 bigint, wrapped_text text, date date, "time" time, decimal numeric);
    create table orders (id bigint, customer jsonb);
    create table "json-orders" (id numeric, big numeric, price numeric, paid boolean, status text, tags text[],
      attributes jsonb, anything jsonb, customer jsonb, payment jsonb, created timestamptz)`);
  const columns = async (table: string) => {
    const { rows } = await database.query(
      `select attname from pg_attribute where attrelid = $1::regclass and attnum > 0`,
      [`"${table}"`],
    );
    return rows.map(({ attname }: { attname: string }) => attname).join(',');
  };
  const send = async (table: string, converter: string, golden: { bytes: Buffer; schema: RegisteredSchema }) => {
    const id = await register(registryUrl, `${table}-value`, golden.schema);
    await createConnector(stack, table, {
      topics: table,
      'target.tablename': table,
      'insert.mode': 'insert',
      'record.format': 'flat',
      'col.names': await columns(table),
      'value.converter': converter,
      'value.converter.schema.registry.url': registryUrl,
    });
    await produce(stack, table, golden.bytes, id);
  };
  const protobuf = 'io.confluent.connect.protobuf.ProtobufConverter';
  // As serializers of Python and Go register it; the others are texts.
  const descriptor = readRegisteredDescriptor('everything');
  await send('everything', protobuf, { ...readGoldenProtobuf('everything'), schema: descriptor });
  await send('orders', protobuf, readGoldenProtobuf('importing'));
  await send('json-orders', 'io.confluent.connect.json.JsonSchemaConverter', readGoldenJson('order'));

  const row = async (table: string) => {
    const read = async () => (await database.query(`select to_jsonb(t) #>> '{}' as row from "${table}" t`)).rows;
    const refused = async () => {
      // The first batch makes the ledger.
      const { rows } = await database.query("select to_regclass('sluice.dead_letters') is not null as exists");
      if (!rows[0].exists) return [];
      return (await database.query('select connector, code, message from sluice.dead_letters')).rows;
    };
    await pollUntil(`${table} has its row`, async () => (await read()).length + (await refused()).length > 0, 60_000);
    assert.deepEqual(await refused(), []);
    const { rows } = await database.query({ text: `select * from "${table}"`, types: { getTypeParser: () => String } });
    return rows[0] as Record<string, string | null>;
  };
  assert.deepEqual(await row('orders'), { id: '7', customer: '{"name": "Ada", "address": {"city": "London"}}' });
  const { by_number, child, ...everything } = await row('everything');
  assert.deepEqual(JSON.parse(by_number!), { '-1': { name: 'minus', parent: null }, '7': { name: '', parent: null } });
  assert.equal(JSON.parse(child!).parent.an_int32, 5);
  assert.deepEqual(everything, {
    an_int64: '-9223372036854775808',
    a_uint64: '18446744073709551615',
    a_double: '-0.1',
    some_bytes: '\\x00ff80',
    packed: '{1,-1,9007199254740993}',
    by_text: '{"": 0, "b": 9007199254740993, "__proto__": 1}',
    color: 'BLUE',
    choice_0: '{"chosen_text": "", "chosen_time": null, "chosen_child": null, "chosen_number": null}',
    maybe_number: '0',
    instant: '2024-02-29 12:34:56.123456+00',
    duration: 'PT-25H-1M-1S',
    document: '{"a": [1, "two", null, true, {"b": {}}], "n": 0.1}',
    wrapped_int64: '-9223372036854775808',
    wrapped_text: '',
    date: '1969-12-31',
    time: '23:59:59.999999',
    decimal: '-12.340',
  });
  const { attributes, payment, ...order } = await row('json-orders');
  assert.equal(JSON.parse(attributes!).x, 1);
  assert.deepEqual(Object.values(JSON.parse(payment!)), [null, { iban: 'DE00' }]);
  assert.deepEqual(order, {
    id: '9007199254740993',
    big: '18446744073709551615',
    price: '19.99',
    paid: 't',
    status: 'OPEN',
    tags: '{a,b}',
    anything: '{"deep": [1, 9007199254740993]}',
    customer: '{"name": "Ada", "address": {"city": "London"}}',
    created: '2024-02-29 12:34:56+00',
  });
  assert.equal(await endStack(stack, 'SIGTERM'), 0, stack.output());
});
