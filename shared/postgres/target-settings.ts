/** How `c` events are written: `insert` makes an existing key a data error, `upsert` overwrites the row. */
export type WriteMode = 'insert' | 'upsert';

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
}

/** How records of a connector are written to its target tables. */
export interface TargetSettings {
  readonly connection: ConnectionSettings;
  /** Fixed table (`target.tablename`), `table` or `schema.table`; absent: `tableNameFormat` decides. */
  readonly targetTable?: string;
  /** `table.name.format`; `${topic}` stands for the topic. A dotted result is `schema.table`. */
  readonly tableNameFormat: string;
  /** Columns that the connector writes (`col.names`, `fields.whitelist`), in order; absent: those of the image. */
  readonly columns?: readonly string[];
  /** PostgreSQL type names of `columns` (`col.types`) as the user wrote them, by column; empty when not given. */
  readonly columnTypes: ReadonlyMap<string, string>;
  /** Key columns (`pk.fields`); empty: the target's primary key from the catalog. */
  readonly keyColumns: readonly string[];
  readonly writeMode: WriteMode;
  /** False: `d` events and tombstones are filtered. */
  readonly deleteEnabled: boolean;
  /** `all`: data errors become dead letters. `none`: the partition stops at the record. */
  readonly errorsTolerance: 'all' | 'none';
  readonly deadLetters: DeadLetterSettings;
  readonly offsetGaps: OffsetGaps;
  /** Schema of Sluice's own tables in the target database. */
  readonly ledgerSchema: string;
}
