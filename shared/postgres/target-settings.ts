import type { SchemaSettings } from './schema-settings.ts';

/**
 * How changes are written. `c` on an existing key: `insert` makes it a data error, `insert_ignore` leaves the row as it
 * is, `upsert` and `update` overwrite it. A row that is not there is inserted by `u` in mode `upsert` only, and by `c` in
 * every mode but `update`.
 */
export type WriteMode = 'insert' | 'insert_ignore' | 'upsert' | 'update';

/** Where the values of the key columns come from. */
export type KeyMode = 'none' | 'kafka' | 'record_key' | 'record_value' | 'record_header';

/** Columns by which a deleted row that is kept says so (`delete.mode=soft`). */
export interface SoftDelete {
  /** Takes true, and false when the row is written again. */
  readonly markerColumn: string;
  /** Takes the time of the delete's record, and null when the row is written again; absent: none does. */
  readonly timeColumn?: string;
}

/** What becomes of offsets that never came: `refuse` stops a partition without holes so far, `allow` keeps no record. */
export type OffsetGaps = 'refuse' | 'record' | 'allow';

/** How records that can never apply are kept. */
export interface DeadLetterSettings {
  /** `hold`: later events of the row become dead letters too. `skip`: they apply, and the older letters are superseded. */
  readonly poisonKey: 'hold' | 'skip';
  /** What is stored of a record. */
  readonly payload: 'full' | 'encrypted' | 'none';
  /** 32 bytes in base64 or hexadecimal, or a reference to them; present when `payload` is `encrypted`. */
  readonly encryptionKey?: string;
  /** Present when records may hold what is not meant for the target database: they are stored, but not decoded. */
  readonly hidesValues?: true;
  /** Most open letters of the connector. */
  readonly maxOpen: number;
  /** Largest share of a batch of 100 records or more that may fail, in percent; 100: any. */
  readonly maxPercent: number;
  /** A partition whose first so many records all fail is stopped; 0: never. */
  readonly maxFirst: number;
}

/** Where to connect, as it is configured: what is absent or only referred to is read when a connection is opened. */
export interface ConnectionSettings {
  /** Host, port and database are absent only where `secret` may say them. */
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  /** The name, or a reference to it (`${secretsmanager:…}`, `${ssm:…}`); absent: the secret says it. */
  readonly user?: string;
  /** The password, or a reference to it; absent: the secret says it, or there is none. */
  readonly password?: string;
  /** ARN or name of a secret as Amazon RDS makes it (`connection.secret`); what stands beside it wins. */
  readonly secret?: string;
  /** True: the password is an IAM token; absent: it is not. */
  readonly iamAuth?: boolean;
  /** `sslmode` of the URL: `disable`, `require` (encrypted, not verified), `verify-full`. */
  readonly sslMode: 'disable' | 'require' | 'verify-full';
  /** Path of a PEM file with the CAs that `verify-full` trusts; absent: the well-known ones. */
  readonly caFile?: string;
  /** Hosts that may be connected to; absent: every one. */
  readonly allowedHosts?: readonly string[];
  /** False: statements are never prepared under names (`prepared.statements=never`); absent: they are. */
  readonly namesStatements?: boolean;
}

/** How records of a connector are written to its target tables. */
export interface TargetSettings {
  readonly connection: ConnectionSettings;
  /** Fixed table (`target.tablename`), `table` or `schema.table`; absent: `tableNameFormat` decides. */
  readonly targetTable?: string;
  /** Tables of single topics (`topics.to.tables.mapping`), which win over `tableNameFormat`. */
  readonly tablesByTopic: ReadonlyMap<string, string>;
  /**
   * `table.name.format`; `${topic}` stands for the topic, `${source.db}`, `${source.schema}` and `${source.table}` for
   * what the record's source block says. A dotted result is `schema.table`.
   */
  readonly tableNameFormat: string;
  /** True: dots of the topic become underscores before it is put into the format, as in Debezium's sink. */
  readonly underscoresTopic: boolean;
  /** Schemas that may be written to (`target.schemas`); absent: all but those of PostgreSQL and of the ledger. */
  readonly targetSchemas?: readonly string[];
  /** True: a column that is not found by its exact name is looked for in lower case (`quote.sql.identifiers=never`). */
  readonly foldsColumnNames: boolean;
  /** Columns that the connector writes (`col.names`, `fields.whitelist`), in order; absent: those of the image. */
  readonly columns?: readonly string[];
  /** PostgreSQL type names of `columns` (`col.types`) as the user wrote them, by column; empty when not given. */
  readonly columnTypes: ReadonlyMap<string, string>;
  readonly keyMode: KeyMode;
  /** Key columns (`pk.fields`); empty: the target's primary key from the catalog. */
  readonly keyColumns: readonly string[];
  readonly writeMode: WriteMode;
  /** False: `d` events and tombstones are filtered. */
  readonly deleteEnabled: boolean;
  /** Present: deleted rows are kept and marked (`delete.mode=soft`). */
  readonly softDelete?: SoftDelete;
  /** What becomes of `t`: `filter` it, or truncate; what cannot be put in order is an `error` or is `ignore`d. */
  readonly truncate: 'filter' | 'error' | 'ignore';
  /** What a source sends in place of a value that it does not have (`unavailable.value.placeholder`); empty: nothing. */
  readonly unavailableValue: Buffer;
  /** True: a new row of which the record does not hold a value is inserted without it; false: it is a data error. */
  readonly insertsIncompleteRows: boolean;
  /** Milliseconds after which a row that waits for another one becomes a dead letter; absent: never. */
  readonly orderTimeoutMs?: number;
  /** `all`: data errors become dead letters. `none`: the partition stops at the record. */
  readonly errorsTolerance: 'all' | 'none';
  readonly deadLetters: DeadLetterSettings;
  readonly offsetGaps: OffsetGaps;
  readonly schema: SchemaSettings;
  /** Schema of Sluice's own tables in the target database. */
  readonly ledgerSchema: string;
}
