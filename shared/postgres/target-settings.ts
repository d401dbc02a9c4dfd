/** How `c` events are written: `insert` makes an existing key a data error, `upsert` overwrites the row. */
export type WriteMode = 'insert' | 'upsert';

/** Where to connect. No field but the password is secret. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** `sslmode` of the URL: `disable`, `require` (encrypted, not verified), `verify-full`. */
  readonly sslMode: 'disable' | 'require' | 'verify-full';
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
  /** Schema of Sluice's own tables in the target database. */
  readonly ledgerSchema: string;
}
