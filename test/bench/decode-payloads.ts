import avro from 'avsc';
import protobuf from 'protobufjs';

/** A row of ten fields; two of its integers are beyond a double, or near its end. */
const row = {
  id: 123_456,
  customer_id: 9_007_199_254_740_993n,
  name: 'Ada Lovelace of London',
  email: 'ada.lovelace@example.com',
  amount: 1234.56,
  quantity: 17,
  active: true,
  created_at: 1_700_000_000_000_000,
  note: 'a text that is a bit longer than the others',
  balance: '12345.67',
};

const envelope = {
  before: row,
  after: row,
  source: {
    version: '3.2.0.Final',
    connector: 'postgresql',
    name: 'shop',
    ts_ms: 1_700_000_000_000,
    snapshot: 'false',
    db: 'shop',
    sequence: '["24023128","24023136"]',
    ts_us: 1_700_000_000_000_000,
    ts_ns: 1_700_000_000_000_123_456n,
    schema: 'public',
    table: 'orders',
    txId: 555,
    lsn: 24_023_136,
    xmin: null,
  },
  transaction: null,
  op: 'u',
  ts_ms: 1_700_000_000_123,
  ts_us: 1_700_000_000_123_456,
  ts_ns: 1_700_000_000_123_456_789n,
};

const optional = (type: string, field: string, more = {}) => ({ type, optional: true, field, ...more });
const required = (type: string, field: string) => ({ type, optional: false, field });

const rowSchema = (field: string) =>
  optional('struct', field, {
    name: 'shop.public.orders.Value',
    fields: [
      required('int32', 'id'),
      optional('int64', 'customer_id'),
      optional('string', 'name'),
      optional('string', 'email'),
      optional('double', 'amount'),
      optional('int32', 'quantity'),
      optional('boolean', 'active'),
      optional('int64', 'created_at', { name: 'io.debezium.time.MicroTimestamp', version: 1 }),
      optional('string', 'note'),
      optional('string', 'balance'),
    ],
  });

const schema = {
  type: 'struct',
  optional: false,
  name: 'shop.public.orders.Envelope',
  version: 2,
  fields: [
    rowSchema('before'),
    rowSchema('after'),
    {
      ...required('struct', 'source'),
      name: 'io.debezium.connector.postgresql.Source',
      fields: [
        ...['version', 'connector', 'name'].map((name) => required('string', name)),
        required('int64', 'ts_ms'),
        optional('string', 'snapshot', { default: 'false' }),
        required('string', 'db'),
        optional('string', 'sequence'),
        ...['ts_us', 'ts_ns'].map((name) => optional('int64', name)),
        ...['schema', 'table'].map((name) => required('string', name)),
        ...['txId', 'lsn', 'xmin'].map((name) => optional('int64', name)),
      ],
    },
    optional('struct', 'transaction', { name: 'event.block', fields: [required('string', 'id')] }),
    required('string', 'op'),
    ...['ts_ms', 'ts_us', 'ts_ns'].map((name) => optional('int64', name)),
  ],
};

const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const toJson = (value: unknown) =>
  Buffer.from(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? rawJSON(String(one)) : one)));

/** The row alone, as JSON. */
export const jsonRow = toJson(row);
/** An update of the row in Debezium's envelope, about 1 KB. */
export const jsonEnvelope = toJson(envelope);
/** The same with its schema. */
export const jsonWithSchema = toJson({ schema, payload: envelope });

/** The row's JSON Schema. */
export const jsonRowSchema = JSON.stringify({
  type: 'object',
  properties: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, { type: jsonTypeOf(value) }])),
});

function jsonTypeOf(value: unknown): string {
  if (typeof value === 'bigint') return 'integer';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

/** The row's Avro schema. */
export const avroSchema = JSON.stringify({
  type: 'record',
  name: 'Value',
  namespace: 'shop.public.orders',
  fields: Object.entries(row).map(([name, value]) => ({
    name,
    type: ['null', avroTypeOf(name, value)],
    default: null,
  })),
});

function avroTypeOf(name: string, value: unknown): unknown {
  if (name === 'created_at') return { type: 'long', 'connect.name': 'io.debezium.time.MicroTimestamp' };
  if (typeof value === 'bigint') return 'long';
  if (typeof value === 'number') return name === 'amount' ? 'double' : 'int';
  return typeof value;
}

/** What plain avsc decodes the row with: doubles for longs, as it is by default. */
export const plainAvro = avro.Type.forSchema(JSON.parse(avroSchema), { wrapUnions: false });

/** The row in Avro, without a frame; plain avsc cannot write its large integer, so it stays within a double. */
export const avroRow = plainAvro.toBuffer({ ...row, customer_id: 9_000_000_000_000_000 });

/** The row as a message. */
export const protoText = `syntax = "proto3";
package shop;
message Order {
  int32 id = 1;
  optional int64 customer_id = 2;
  string name = 3;
  optional string email = 4;
  double amount = 5;
  int32 quantity = 6;
  bool active = 7;
  int64 created_at = 8;
  string note = 9;
  string balance = 10;
}
`;

/** What plain protobufjs decodes the row with. */
export const plainProto = protobuf.parse(protoText, { keepCase: true }).root.lookupType('shop.Order');

/** The row in Protobuf, without a frame. */
export const protoRow = Buffer.from(plainProto.encode(plainProto.create({ ...row, customer_id: 9e15 })).finish());
