import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildKafkaEvent } from '../support/kafka-event-builder.ts';
import { openSink } from '../support/open-sink.ts';
import {
  emptyText,
  protobufTypeCases,
  protobufTypeSchema,
  protobufTypeSetup,
  writeProtobufTypes,
} from '../support/protobuf-type-cases.ts';
import { openStaticRegistry } from '../support/static-registry.ts';

test('what Protobuf says is what the column of each type holds, absent fields included', async (t) => {
  const registry = await openStaticRegistry(t);
  // The first message of the file.
  const frame = Buffer.concat([registry.add(protobufTypeSchema, 'PROTOBUF'), Buffer.from([0])]);
  const columns = protobufTypeCases.map(({ column }, i) => `c${i} ${column}`).join(', ');
  const { database, worker } = await openSink(t, {
    setup: `${protobufTypeSetup} create table wide (id integer primary key, ${columns});`,
    config: {
      topics: 'wide',
      'target.tablename': 'wide',
      writeMode: 'upsert',
      'value.converter': 'io.confluent.connect.protobuf.ProtobufConverter',
      'value.converter.schema.registry.url': registry.url,
      'value.converter.optional.for.nullables': 'true',
      'value.converter.wrapper.for.nullables': 'true',
    },
  });
  const values = Object.fromEntries(protobufTypeCases.map(({ value }, i) => [`c${i}`, value]));
  const rows = [{ id: 1 }, { id: 2, ...values }].map((after, offset) => ({
    topic: 'wide',
    partition: 0,
    offset,
    value: Buffer.concat([frame, writeProtobufTypes(after)]),
  }));
  await worker.invoke(buildKafkaEvent(rows));
  assert.deepEqual(await database.query('select "offset", code, message from sluice.dead_letters'), []);
  const session = await database.connect();
  await session.query("set timezone to 'UTC'");
  const read = protobufTypeCases.map((_, i) => `c${i}::text`).join(', ');
  const found = await session.query({ text: `select ${read} from wide order by id`, rowMode: 'array' });
  const meant = protobufTypeCases.map(({ column }, i) => `$${i + 1}::text::${column}::text`).join(', ');
  const texts = protobufTypeCases.map(({ expected }) => expected);
  const expected = await session.query({ text: `select ${meant}`, values: texts, rowMode: 'array' });
  const show = (text: string | null, i: number) =>
    `${protobufTypeCases[i]!.column} ${protobufTypeCases[i]!.field}: ${text}`;
  assert.deepEqual(found.rows[1]!.map(show), expected.rows[0]!.map(show));
  assert.deepEqual(
    found.rows[0]!.map(show),
    protobufTypeCases.map(({ field }, i) => show(emptyText(field), i)),
  );
});
