/** PostgreSQL's name of a type, by the spellings that users of JDBC and of the ADBPG sink write, typos included. */
const spellings: ReadonlyMap<string, string> = new Map(
  Object.entries({
    smallint: ['int2', 'short', 'tinyint'],
    integer: ['int', 'int4', 'int32', 'interger', 'intger', 'java.lang.integer', 'serial', 'mediumint'],
    bigint: ['int8', 'long', 'int64', 'java.lang.long', 'bigserial'],
    real: ['float4', 'float', 'float32', 'java.lang.float'],
    'double precision': ['float8', 'double', 'float64', 'doublepericision', 'doublepercision', 'java.lang.double'],
    numeric: ['decimal', 'number', 'bigdecimal', 'java.math.bigdecimal'],
    boolean: ['bool', 'java.lang.boolean'],
    text: ['string', 'clob', 'longtext', 'java.lang.string', 'nvarchar', 'longvarchar'],
    'character varying': ['varchar', 'charactervarying', 'varchar2'],
    character: ['char', 'bpchar', 'nchar'],
    bytea: ['binary', 'varbinary', 'blob', 'bytes'],
    date: ['java.sql.date'],
    'time without time zone': ['time', 'java.sql.time'],
    'time with time zone': ['timetz'],
    'timestamp without time zone': ['timestamp', 'datetime', 'java.sql.timestamp'],
    'timestamp with time zone': ['timestamptz'],
    interval: [],
    json: [],
    jsonb: [],
    uuid: [],
    xml: [],
    inet: [],
    cidr: [],
    macaddr: [],
    bit: [],
    'bit varying': ['varbit'],
    point: [],
    hstore: [],
  }).flatMap(([name, others]) => [name, ...others].map((spelling) => [squeeze(spelling), name] as const)),
);

/** A type name and whether it is one that PostgreSQL brings along. */
export interface ColumnTypeName {
  readonly name: string;
  readonly known: boolean;
}

/**
 * The PostgreSQL name of a type as users write it in `col.types`: any case, with or without blanks, Java's names, length
 * and array brackets kept. An unknown name may be a type of the user's own and is kept as written. Undefined when the
 * text cannot be a type name.
 */
export function toColumnTypeName(text: string): ColumnTypeName | undefined {
  const match =
    /^([\p{L}_"][\p{L}\p{N}_.$" ]*?)\s*(\([\d\s,-]*\))?((?: with(?:out)? time zone)?)\s*((?:\[\d*\])*)$/iu.exec(
      text.trim(),
    );
  if (!match) return undefined;
  const [, base = '', length = '', zone = '', array = ''] = match;
  const found = spellings.get(squeeze(base + zone));
  if (found === undefined) return { name: text.trim(), known: false };
  const [head, ...tail] = found.split(/ (?=with)/);
  return { name: [head + length.replace(/\s/g, ''), ...tail].join(' ') + array, known: true };
}

/** Known type names, for hints. */
export function knownColumnTypes(): readonly string[] {
  return [...new Set(spellings.values())];
}

function squeeze(text: string): string {
  return text.toLowerCase().replace(/[\s_-]/g, '');
}

/** Splits `col.types` at the commas that stand outside of parentheses. */
export function splitColumnTypes(text: string): readonly string[] {
  return text.split(/,(?![^()]*\))/).map((type) => type.trim());
}
