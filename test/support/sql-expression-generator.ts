import { isPolymorphic, type Routine } from '../../shared/filter/sql/catalog.ts';

/** Numbers from 0 up to 1 that a seed decides. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Columns of the table that expressions read, with PostgreSQL's name of the type of each. */
export const columnTypes = {
  b: 'bool',
  i2: 'int2',
  i4: 'int4',
  k4: 'int4',
  i8: 'int8',
  f4: 'float4',
  f8: 'float8',
  n: 'numeric',
  m: 'numeric',
  s: 'text',
  r: 'text',
  vc: 'varchar',
  bc: 'bpchar',
  by: 'bytea',
  d: 'date',
  e: 'date',
  tm: 'time',
  tt: 'timetz',
  ts: 'timestamp',
  tz: 'timestamptz',
  tu: 'timestamp',
  iv: 'interval',
  u: 'uuid',
  j: 'jsonb',
  k: 'jsonb',
  js: 'json',
  ai: '_int4',
  at: '_text',
  an: '_numeric',
} as const;

/** Texts of values, by type: extremes, odd spellings, Unicode. */
export const samples: Readonly<Record<string, readonly string[]>> = {
  bool: ['t', 'f'],
  int2: ['0', '1', '-1', '7', '32767', '-32768', '100'],
  int4: ['0', '1', '-1', '2', '3', '12', '2147483647', '-2147483648', '1000', '2024'],
  int8: ['0', '1', '-1', '9223372036854775807', '-9223372036854775808', '9007199254740993', '5000000000', '42'],
  float4: ['0', '1', '-1.5', '3.4e38', '1e-40', 'NaN', 'Infinity', '-0', '0.1', '123456.7', '1234567', '33554432'],
  float8: [
    '0',
    '1',
    '-1.5',
    '1.7e308',
    '5e-324',
    'NaN',
    '-Infinity',
    '-0',
    '0.1',
    '1e23',
    '123456789012345680',
    '2.5',
    '-3.5',
    '1e-5',
    '9007199254740993',
  ],
  numeric: [
    '0',
    '1',
    '-1',
    '0.00',
    '12.340',
    '-0.5',
    '2.5',
    '9007199254740993',
    '12345678901234567890.123456789',
    '1e-20',
    '99999.99999',
    'NaN',
    'Infinity',
    '-Infinity',
    '100',
    '0.0001',
    '7',
  ],
  text: [
    '',
    'a',
    'abc',
    'ABC',
    'Straße',
    'ǅ ŉ İı',
    '😀x',
    'a%b_c',
    '  pad ',
    '12',
    '-7.50',
    '2024-02-29',
    'x,y,,z',
    'Ωμέγα ς',
    '\uffee',
    "O'Neil",
    'back\\slash',
    'line\nbreak',
    'true',
    '{1,2}',
    '[1]',
  ],
  varchar: ['', 'v', 'Varchar é', 'a b'],
  bpchar: ['', 'c  ', 'Char', ' x '],
  bytea: ['\\x', '\\x00ff', '\\x616263', '\\xdeadbeef0011'],
  date: [
    '2000-01-01',
    '2024-02-29',
    '1999-12-31',
    '0001-01-01',
    '0044-03-15 BC',
    '9999-12-31',
    '1970-01-01',
    '2023-01-01',
    'infinity',
    '-infinity',
    '5874897-12-31',
    '4714-11-24 BC',
  ],
  time: ['00:00:00', '23:59:59.999999', '24:00:00', '12:34:56.5', '01:02:03'],
  timetz: ['00:00:00+00', '23:59:59.999999-15:59', '12:34:56.5+05:30', '01:02:03-08'],
  timestamp: [
    '2000-01-01 00:00:00',
    '2024-02-29 12:34:56.789',
    '1969-12-31 23:59:59.999999',
    '0001-01-01 00:00:00',
    '0044-03-15 10:00:00 BC',
    '294276-12-31 23:59:59.999999',
    'infinity',
    '-infinity',
    '2023-12-31 23:59:59',
  ],
  timestamptz: [
    '2000-01-01 00:00:00+00',
    '2024-02-29 12:34:56.789+02',
    '1969-12-31 23:59:59.999999-08',
    'infinity',
    '-infinity',
    '2038-01-19 03:14:07+00',
  ],
  interval: [
    '0',
    '1 day',
    '-1 day',
    '1 mon',
    '1 year 2 mons -3 days 04:05:06.7',
    '-1 mon +40 days -00:00:00.000001',
    '100 years',
    '36:00:00',
    '00:00:01.5',
    '-00:30:00',
    'infinity',
    'P1Y2M3DT4H5M6S',
    '1-2',
    '1.5 days',
    '2 weeks ago',
  ],
  uuid: [
    '00000000-0000-0000-0000-000000000000',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ],
  jsonb: [
    'null',
    'true',
    '1',
    '-1.50',
    '1e2',
    '""',
    '"a"',
    '"x\\u00e9\\n"',
    '[]',
    '{}',
    '[1, 2, "a", null]',
    '{"a": 1, "b": [1, {"c": null}], "longer": "x"}',
    '{"a": {"b": {"c": "deep"}}, "k": null}',
    '["a", "b"]',
    '[[1], [2]]',
    '9007199254740993',
    '12345678901234567890.5',
    '{"b": 1, "a": 1, "aa": 2}',
    'false',
  ],
  json: ['null', '1.50', '"a"', '{"a": "x", "b" : 1.0}', '[1, "two", null]', '{"a": true}'],
  _int4: ['{}', '{1}', '{1,2,3}', '{NULL}', '{3,NULL,2147483647}', '{-1,1}'],
  _text: ['{}', '{a}', '{a,b,NULL}', '{"",x,"a b"}', '{"q\\"q","c,d","NULL"}', '{é,😀}'],
  _numeric: ['{}', '{1.5,2.50}', '{NaN,1,NULL}'],
};

const smallIntegers = ['0', '1', '2', '3', '-1', '-2', '5', '10'];
const units = [
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'second',
  'milliseconds',
  'microseconds',
  'week',
  'quarter',
  'decade',
  'century',
  'millennium',
  'epoch',
  'dow',
  'isodow',
  'doy',
  'isoyear',
  'julian',
  'timezone',
];
const patterns = [
  'a',
  '^a',
  'b$',
  'a.c',
  '[a-c]+',
  '\\d+',
  '\\w+',
  '(a|b)*',
  'x{1,2}',
  '[^a-z]',
  '\\s',
  'é|ß',
  '^$',
  '[[:alpha:]]',
  '(?:ab)?c',
  '\\.',
  '',
  'Ω',
  'S',
  'i',
];
const likes = ['a%', '%b%', '_', '%', '', 'a\\%b%', '%c', '%é%', '_%x', 'A%', 'a_c', '%a%b%', '%\\\\%'];

/** A column outside of quotes, nearly always. */
const readsColumn = new RegExp(`(?<![\\w'\\]\\[{,"\\\\])(?:${Object.keys(columnTypes).join('|')})(?![\\w'"])`);

/** Makes expressions over {@link columnTypes} that compile in PostgreSQL, mostly. */
export class SqlExpressionGenerator {
  readonly #random: () => number;
  readonly #byResult = new Map<string, { readonly call: Call; readonly types: readonly string[] }[]>();

  /** `operators` and `functions` are what expressions are made of. */
  constructor(random: () => number, routines: readonly NamedRoutine[]) {
    this.#random = random;
    for (const named of routines) {
      for (const { types, result } of instances(named.routine)) {
        const known = this.#byResult.get(result) ?? [];
        known.push({ call: (values) => named.call(values), types });
        this.#byResult.set(result, known);
      }
    }
  }

  /** Types that some routine gives. */
  get types(): readonly string[] {
    return [...this.#byResult.keys()].filter((type) => type in samples);
  }

  /** A call of one routine, so that every one is tried. */
  callOf({ routine, call }: NamedRoutine, depth: number): string | undefined {
    const all = instances(routine).filter(({ types }) => types.every((type) => type in samples));
    if (all.length === 0) return undefined;
    return call(this.#argumentsOf(this.#pick(all).types, routine.implementation, depth));
  }

  /** An expression of a type. */
  expression(type: string, depth: number): string {
    if (depth <= 0 || this.#random() < 0.15) return this.#random() < 0.8 ? this.#column(type) : this.#literal(type);
    if (this.#random() < 0.4) return this.#form(type, depth - 1);
    const known = (this.#byResult.get(type) ?? []).filter(({ types }) => types.every((each) => each in samples));
    if (known.length === 0) return this.#column(type);
    const { call, types } = this.#pick(known);
    return call(this.#argumentsOf(types, '', depth - 1));
  }

  #argumentsOf(types: readonly string[], implementation: string, depth: number): string[] {
    const made = this.#make(types, implementation, depth);
    // Constants alone are computed while the server plans, whether they are reached or not.
    return made.some((each) => readsColumn.test(each)) ? made : [this.#column(types[0]!), ...made.slice(1)];
  }

  #make(types: readonly string[], implementation: string, depth: number): string[] {
    return types.map((type, index) => {
      if (index === types.length - 1 || this.#random() < 0.6 || types.length === 1) {
        if (
          types.length > 1 &&
          index > 0 &&
          type === 'int4' &&
          /substr|left|right|pad|repeat|overlay|round|trunc/.test(implementation)
        ) {
          return this.#pick(smallIntegers);
        }
        return this.expression(type, depth);
      }
      return this.#random() < 0.85 ? this.expression(type, depth) : this.#column(type);
    });
  }

  /** What the grammar has besides operators and functions. */
  #form(type: string, depth: number): string {
    const again = () => this.expression(type, depth);
    // What may fail reads a column, as constants fail in the server whether they are reached or not.
    const reading = (wanted: string) => this.#readingColumn(this.expression(wanted, depth), wanted);
    const other = () => this.expression(this.#pick(Object.keys(samples)), depth);
    const forms: (() => string)[] = [
      () => `CASE WHEN ${this.expression('bool', depth)} THEN ${again()} ELSE ${again()} END`,
      () =>
        `CASE ${this.#column('int4')} WHEN 1 THEN ${again()} WHEN ${this.expression('int4', depth)} THEN ${again()} END`,
      () => `coalesce(${again()}, ${again()})`,
      () => `(${this.#readingColumn(this.#castSource(type, depth), type)})::${type}`,
      ...(type === 'json'
        ? []
        : [
            () => `nullif(${again()}, ${again()})`,
            () => `greatest(${again()}, ${again()})`,
            () => `least(${again()}, ${again()}, ${again()})`,
          ]),
      ...(type.startsWith('_') && depth > 0
        ? [() => `ARRAY[${this.expression(type.slice(1), depth)}, ${this.expression(type.slice(1), depth)}]`]
        : []),
      ...(`_${type}` in samples
        ? [() => `(${this.expression(`_${type}`, depth)})[${this.#pick(['1', '2', 'i4'])}]`]
        : []),
      ...(type === 'numeric'
        ? [
            () => `(${reading(type)})::numeric(${this.#pick(['5,2', '10', '12,0', '3,-1', '2,4'])})`,
            () =>
              `extract(${this.#pick(units)} from ${reading(this.#pick(['date', 'timestamp', 'timestamptz', 'interval', 'time', 'timetz']))})`,
          ]
        : []),
      ...(type === 'varchar' ? [() => `(${again()})::varchar(3)`] : []),
      ...(type === 'bpchar' ? [() => `(${again()})::char(4)`] : []),
      ...(type === 'timestamp'
        ? [
            () => `(${reading(type)})::timestamp(${this.#pick(['0', '3'])})`,
            () => `date_trunc('${this.#pick(units.slice(0, 13))}', ${reading(type)})`,
            () => `(${this.expression('timestamptz', depth)}) AT TIME ZONE 'UTC'`,
          ]
        : []),
      ...(type === 'timestamptz'
        ? [() => `(${this.expression('timestamp', depth)}) AT TIME ZONE interval '-05:30'`]
        : []),
      ...(type === 'interval'
        ? [() => `(${again()})::interval(2)`, () => `date_trunc('${this.#pick(units.slice(0, 6))}', ${reading(type)})`]
        : []),
      ...(type === 'float8'
        ? [() => `date_part('${this.#pick(units)}', ${reading(this.#pick(['timestamp', 'date', 'interval']))})`]
        : []),
      ...(type === 'text'
        ? [
            () => `substring(${again()} from ${this.#pick(smallIntegers)} for ${this.#pick(['0', '1', '2', '5'])})`,
            () => `trim(both ${this.#quote(this.#pick(['a', ' ', 'xy']))} from ${again()})`,
            () =>
              `regexp_replace(${again()}, ${this.#quote(this.#pick(patterns.filter((each) => !each.includes('(') || each.includes('(?:'))))}, ${this.#quote(this.#pick(['-', '<\\&>', '']))}${this.#pick(['', ", 'g'", ", 'gi'"])})`,
            () => `concat(${other()}, ${other()})`,
            () => `concat_ws('-', ${again()}, ${other()})`,
            () => `${again()} || ${this.#literal('text')}`,
          ]
        : []),
      ...(type === 'bool' ? this.#conditions(depth) : []),
    ];
    return this.#pick(forms)();
  }

  #conditions(depth: number): (() => string)[] {
    const type = this.#pick(Object.keys(samples).filter((each) => each !== 'json'));
    const one = () => this.expression(type, depth);
    const bool = () => this.expression('bool', depth);
    const text = () => this.expression('text', depth);
    const quoted = (from: readonly string[]) => this.#quote(this.#pick(from));
    return [
      () => `(${bool()} AND ${bool()})`,
      () => `(${bool()} OR ${bool()})`,
      () => `(NOT ${bool()})`,
      () => `((${one()}) IS NULL)`,
      () => `((${one()}) IS NOT NULL)`,
      () => `((${bool()}) IS ${this.#pick(['TRUE', 'NOT TRUE', 'FALSE', 'NOT FALSE', 'UNKNOWN', 'NOT UNKNOWN'])})`,
      () => `((${one()}) IS ${this.#pick(['', 'NOT '])}DISTINCT FROM (${one()}))`,
      () =>
        `((${one()}) ${this.#pick(['', 'NOT '])}BETWEEN ${this.#pick(['', 'SYMMETRIC '])}(${one()}) AND (${one()}))`,
      () => `((${one()}) ${this.#pick(['', 'NOT '])}IN (${this.#literal(type)}, ${this.#literal(type)}, ${one()}))`,
      () => `((${this.expression('int4', depth)}) IN (1, 2.5, 3))`,
      () => `((${text()}) ${this.#pick(['LIKE', 'ILIKE', 'NOT LIKE', 'NOT ILIKE'])} ${quoted(likes)})`,
      () => `((${text()}) LIKE ${quoted(['a!%%', '!_%', '%'])} ESCAPE '!')`,
      () => `((${text()}) SIMILAR TO ${quoted(['(a|b)%', '_', '[a-c]*', '%x%', 'a.c', '\\d+'])})`,
      () => `((${text()}) ${this.#pick(['~', '~*', '!~', '!~*'])} ${quoted(patterns)})`,
      () =>
        `((${this.expression('int4', depth)}) ${this.#pick(['=', '<', '<>', '>='])} ${this.#pick(['ANY', 'ALL'])} (${this.expression('_int4', depth)}))`,
      () => `((${text()}) = ANY (${this.expression('_text', depth)}))`,
      () => `((${text()}) = ANY ('{a,abc,NULL}'))`,
      () =>
        `(${this.#column('numeric')} ${this.#pick(['=', '<', '>', '>='])} ${this.#pick(['1', '2.5', '1e2', "'7'", '9007199254740993'])})`,
      () =>
        `(${this.expression(this.#pick(['int2', 'int8', 'float4', 'float8', 'numeric']), depth)} ${this.#pick(['=', '<', '>', '<=', '<>'])} ${this.expression(this.#pick(['int4', 'int8', 'float8', 'numeric']), depth)})`,
    ];
  }

  #readingColumn(expression: string, type: string): string {
    return readsColumn.test(expression) ? expression : this.#column(type);
  }

  #castSource(type: string, depth: number): string {
    const numbers = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric'];
    if (numbers.includes(type)) return this.expression(this.#pick([...numbers, 'text', 'jsonb']), depth);
    const times = ['date', 'timestamp', 'timestamptz'];
    if (times.includes(type)) return this.expression(this.#pick(times), depth);
    if (type === 'text' || type === 'varchar') return this.expression(this.#pick(Object.keys(samples)), depth);
    return this.expression(type, depth);
  }

  #column(type: string): string {
    const named = Object.entries(columnTypes).filter(([, each]) => each === type);
    return named.length === 0 ? this.#literal(type) : this.#pick(named)[0];
  }

  #literal(type: string): string {
    const text = this.#pick(samples[type] ?? ['']);
    if (type === 'int4') return text.startsWith('-') ? `(${text})` : text;
    const quoted = this.#quote(text);
    return this.#random() < 0.2 ? quoted : `${quoted}::${type.startsWith('_') ? `${type.slice(1)}[]` : type}`;
  }

  #quote(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)]!;
  }
}

type Call = (values: readonly string[]) => string;

/** A routine and how it is called. */
export interface NamedRoutine {
  readonly name: string;
  readonly routine: Routine;
  readonly call: Call;
}

/** The routine with real types in place of `anyelement` and its relatives. */
function instances({ argumentTypes, result, variadic }: Routine): { types: string[]; result: string }[] {
  const given = variadic
    ? [...argumentTypes.slice(0, -1), argumentTypes.at(-1)!.replace(/^_/, ''), argumentTypes.at(-1)!.replace(/^_/, '')]
    : argumentTypes;
  const elements = [...given, result].some(isPolymorphic) ? ['int4', 'text', 'numeric'] : [''];
  return elements.map((element) => {
    const resolve = (type: string) =>
      !isPolymorphic(type) ? type : type.endsWith('array') && !type.endsWith('nonarray') ? `_${element}` : element;
    return { types: given.map(resolve), result: resolve(result) };
  });
}
