import { cpus } from 'node:os';
import { toConnectorPlan } from '../../shared/connector/to-connector-plan.ts';
import type { Converter } from '../../shared/converter/converter.ts';
import { createConverterPorts } from '../../shared/converter/converter-ports.ts';
import { createConverter } from '../../shared/converter/create-converter.ts';
import { toEventRecord } from '../support/kafka-event-builder.ts';
import { openStaticRegistry } from '../support/static-registry.ts';
import {
  avroRow,
  avroSchema,
  jsonEnvelope,
  jsonRow,
  jsonRowSchema,
  jsonWithSchema,
  plainAvro,
  plainProto,
  protoRow,
  protoText,
} from './decode-payloads.ts';

// A round is short, so that few of them are interrupted by other work of the machine.
const rounds = 3_000;
const perRound = 40;
const record = toEventRecord({ topic: 'orders', partition: 0, offset: 0, value: null });

interface Row {
  readonly name: string;
  readonly bytes: number;
  readonly decode: () => unknown;
  /** Highest median that is promised, in microseconds. */
  readonly promisedUs?: number;
}

/**
 * `npm run bench:decode`: what decoding one record costs, beside `JSON.parse`, avsc and protobufjs by themselves. The rows take
 * turns, so that whatever else the machine does slows all of them; `best` is the fastest round of each, `median` the
 * middle one.
 */
async function run(): Promise<void> {
  const closers: (() => unknown)[] = [];
  const registry = await openStaticRegistry({ after: (close) => closers.push(close as () => unknown) });
  try {
    const converters = await openConverters(registry.url);
    const avro = Buffer.concat([registry.add(avroSchema), avroRow]);
    // One zero is the index of the first message.
    const proto = Buffer.concat([registry.add(protoText, 'PROTOBUF'), Buffer.from([0]), protoRow]);
    const jsonSchema = Buffer.concat([registry.add(jsonRowSchema, 'JSON'), jsonRow]);
    await converters.jsonSchema.prepare?.(jsonSchema, record);
    await converters.avro.prepare?.(avro, record);
    await converters.protobuf.prepare?.(proto, record);
    const by = (converter: Converter, bytes: Buffer, lossless: boolean) => () =>
      converter.decode(bytes, record, lossless);
    const plainText = (bytes: Buffer) => () => JSON.parse(bytes.toString());
    measure([
      { name: 'JSON.parse: envelope', bytes: jsonEnvelope.length, decode: plainText(jsonEnvelope) },
      { name: 'JsonConverter: envelope', bytes: jsonEnvelope.length, decode: by(converters.json, jsonEnvelope, false) },
      {
        name: 'JsonConverter: envelope, lossless',
        bytes: jsonEnvelope.length,
        decode: by(converters.json, jsonEnvelope, true),
        promisedUs: 6,
      },
      { name: 'JsonConverter: row, lossless', bytes: jsonRow.length, decode: by(converters.json, jsonRow, true) },
      { name: 'JSON.parse: envelope with schema', bytes: jsonWithSchema.length, decode: plainText(jsonWithSchema) },
      {
        name: 'JsonConverter: envelope with schema',
        bytes: jsonWithSchema.length,
        decode: by(converters.jsonWithSchema, jsonWithSchema, true),
      },
      {
        name: 'JsonSchemaConverter: row',
        bytes: jsonSchema.length,
        decode: by(converters.jsonSchema, jsonSchema, true),
      },
      { name: 'avsc: row', bytes: avroRow.length, decode: () => plainAvro.fromBuffer(avroRow) },
      { name: 'AvroConverter: row', bytes: avro.length, decode: by(converters.avro, avro, true), promisedUs: 3 },
      { name: 'protobufjs: row', bytes: protoRow.length, decode: () => plainProto.decode(protoRow) },
      {
        name: 'ProtobufConverter: row',
        bytes: proto.length,
        decode: by(converters.protobuf, proto, true),
        promisedUs: 5,
      },
    ]);
  } finally {
    for (const close of closers) close();
  }
}

async function openConverters(url: string) {
  const ports = createConverterPorts({}, { resolve: async (text) => text, forget: () => {} }, Date.now);
  const open = (converter: string, options: Record<string, string> = {}) => {
    const config = {
      'connector.class': 'io.sluice.SluiceSinkConnector',
      topics: 'orders',
      'connection.url': 'jdbc:postgresql://localhost/db?user=u',
      'value.converter': converter,
      'value.converter.schema.registry.url': url,
      ...options,
    };
    return createConverter(toConnectorPlan({ name: 'bench', config }).valueConverter, 'value', ports);
  };
  return {
    json: await open('JsonConverter'),
    jsonWithSchema: await open('JsonConverter', { 'value.converter.schemas.enable': 'true' }),
    jsonSchema: await open('JsonSchemaConverter'),
    avro: await open('AvroConverter'),
    protobuf: await open('ProtobufConverter'),
  };
}

function measure(rows: readonly Row[]): void {
  const times = rows.map((): number[] => []);
  for (let round = -rounds / 3; round < rounds; round++) {
    for (const [index, { decode }] of rows.entries()) {
      const startedAt = process.hrtime.bigint();
      for (let i = 0; i < perRound; i++) decode();
      const tookUs = Number(process.hrtime.bigint() - startedAt) / perRound / 1_000;
      // The first rounds are the compiler's.
      if (round >= 0) times[index]!.push(tookUs);
    }
  }
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}; microseconds for one record\n`);
  console.log('| decoding | bytes | best | median | promised |\n| --- | ---: | ---: | ---: | ---: |');
  for (const [index, { name, bytes, promisedUs }] of rows.entries()) {
    const sorted = times[index]!.toSorted((a, b) => a - b);
    const [best, median] = [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!];
    console.log(`| ${name} | ${bytes} | ${best.toFixed(2)} | ${median.toFixed(2)} | ${promisedUs ?? ''} |`);
  }
}

await run();
