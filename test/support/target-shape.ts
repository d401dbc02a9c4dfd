import { type ModelTable, type ModelValue, nullValue } from './replay-model.ts';

/** A column of a generated table with the values that a stream may put into it. */
export interface ShapeColumn {
  readonly name: string;
  /** Type and constraints as `create table` takes them. */
  readonly definition: string;
  readonly pool: readonly ModelValue[];
  readonly default?: ModelValue;
}

/** A target table: what `create table` says of it, and which rows each partition of its topic may touch. */
export interface TargetShape {
  readonly name: string;
  readonly columns: readonly ShapeColumn[];
  readonly key: readonly string[];
  /**
   * Keys that records of one partition use, so that partitions never share a row (Kafka's keying gives the same). For a
   * table without key: values of the columns that every image carries.
   */
  readonly keysOf: (partition: number) => readonly Readonly<Record<string, ModelValue>>[];
}

/** A value whose text in PostgreSQL is its JSON token. */
function plain(token: string): ModelValue {
  return { json: token, text: token };
}

/** A JSON string, stored as it is unless PostgreSQL prints it otherwise. */
function quoted(content: string, text = content): ModelValue {
  return { json: JSON.stringify(content), text };
}

/** A JSON document, with PostgreSQL's spelling of it as jsonb. */
function document(json: string, text = json): ModelValue {
  return { json, text };
}

const texts = ['', 'Zoë 🚰', '\\N', '{a,"b"}', "O'Neill\n\ttwo"].map((content) => quoted(content));
const numerics = ['0.10', '-12345678901234567890.123456789', '7', '1e-7'].map((token) =>
  token === '1e-7' ? { json: token, text: '0.0000001' } : plain(token),
);
const instants = [
  quoted('2024-02-29T12:34:56.789012+02:00', '2024-02-29 10:34:56.789012+00'),
  quoted('1969-12-31 23:59:59Z', '1969-12-31 23:59:59+00'),
];
const jsonbs = [
  document('{"b":1,"a":[1,2.50,null]}', '{"a": [1, 2.50, null], "b": 1}'),
  document('[9007199254740993,{"x":"\\u00e9"}]', '[9007199254740993, {"x": "é"}]'),
  document('{}'),
];
const jsons = [document('{"z":1,"a":[123456789012345678901]}'), document('[]')];
const booleans = [plain('true'), plain('false')];
const smalls = ['0', '-32768', '32767'].map(plain);

const kept = quoted('kept');

/** A table with an integer key and defaults. */
const accounts: TargetShape = {
  name: 'accounts',
  key: ['id'],
  columns: [
    { name: 'id', definition: 'integer', pool: [] },
    { name: 'owner', definition: 'text', pool: texts },
    { name: 'balance', definition: 'numeric default 0.00', pool: numerics, default: plain('0.00') },
    { name: 'seen', definition: 'timestamptz', pool: instants },
    { name: 'detail', definition: 'jsonb', pool: jsonbs },
    { name: 'note', definition: "text default 'kept'", pool: texts, default: kept },
  ],
  keysOf: (partition) => [0, 1, 2, 3].map((n) => ({ id: plain(String(partition * 100 + n)) })),
};

/** The same with a column that must not be null and has no default, so that PostgreSQL refuses some rows. */
const members: TargetShape = {
  ...accounts,
  name: 'members',
  columns: accounts.columns.map((column) =>
    column.name === 'owner' ? { ...column, definition: 'text not null' } : column,
  ),
};

/** A table with a compound key: a uuid that producers spell in either case, and a number beyond a double's integers. */
const orders: TargetShape = {
  name: 'orders',
  key: ['tenant', 'no'],
  columns: [
    { name: 'label', definition: 'varchar(40)', pool: texts },
    { name: 'no', definition: 'bigint', pool: [] },
    { name: 'open', definition: 'boolean default true', pool: booleans, default: plain('true') },
    { name: 'tenant', definition: 'uuid', pool: [] },
    { name: 'size', definition: 'smallint', pool: smalls },
  ],
  keysOf: (partition) => {
    const tenant = `a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1${partition}`;
    const spellings = [quoted(tenant), quoted(tenant.toUpperCase(), tenant)];
    return ['9007199254740992', '9007199254740993'].flatMap((no) =>
      spellings.map((spelling) => ({ tenant: spelling, no: plain(no) })),
    );
  },
};

/** A table without key: rows may be equal, and only `shard` tells the partitions apart. */
const readings: TargetShape = {
  name: 'readings',
  key: [],
  columns: [
    { name: 'shard', definition: 'integer', pool: [] },
    { name: 'label', definition: 'text', pool: texts.slice(0, 2) },
    { name: 'price', definition: 'numeric(30,2)', pool: [plain('0.10'), plain('12345678901234567890.25')] },
    { name: 'extra', definition: 'json', pool: jsons },
    { name: 'flag', definition: 'boolean default true', pool: booleans, default: plain('true') },
    { name: 'seen', definition: 'timestamptz', pool: instants },
  ],
  keysOf: (partition) => [{ shard: plain(String(partition)) }],
};

/** The tables that random streams write to. */
export const targetShapes: readonly TargetShape[] = [accounts, members, orders, readings];

/** The statement that creates the table under the given name. */
export function createTableStatement(shape: TargetShape, name: string): string {
  const columns = shape.columns.map((column) => `"${column.name}" ${column.definition}`);
  const key = shape.key.length > 0 ? [`primary key (${shape.key.map((column) => `"${column}"`).join(', ')})`] : [];
  return `create table "${name}" (${[...columns, ...key].join(', ')})`;
}

/** The same table for the model. */
export function toModelTable(shape: TargetShape): ModelTable {
  return {
    key: shape.key,
    columns: shape.columns.map((column) => ({
      name: column.name,
      default: column.default ?? nullValue,
      notNull: shape.key.includes(column.name) || column.definition.includes('not null'),
    })),
  };
}
