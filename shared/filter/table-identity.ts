/** What tells which source table a record belongs to: its topic, and the envelope's `source` block when it has one. */
export interface TableIdentity {
  readonly topic: string;
  readonly source?: {
    readonly db?: string | undefined;
    readonly schema?: string | undefined;
    readonly table?: string | undefined;
  };
}

/**
 * The identifiers by which lists may name the record's table. With a `source` block that names a table, as far as it has
 * the parts: `schema.table`, `db.schema.table`, `db.table`; with neither schema nor database the bare table. Otherwise
 * from the topic, which Debezium calls `<prefix>.<schema>.<table>` or `<prefix>.<database>.<schema>.<table>`: the topic
 * without its first segment, and the whole topic. A topic without a dot is its own only identifier. Never empty.
 *
 * Source: Debezium documentation, "Topic names" and `table.include.list` of the PostgreSQL, MySQL and SQL Server
 * connectors.
 */
export function toTableIdentifiers(identity: TableIdentity): readonly string[] {
  const { db, schema, table } = identity.source ?? {};
  if (table === undefined) return fromTopic(identity.topic);
  const identifiers: string[] = [];
  if (schema !== undefined) identifiers.push(`${schema}.${table}`);
  if (schema !== undefined && db !== undefined) identifiers.push(`${db}.${schema}.${table}`);
  if (db !== undefined) identifiers.push(`${db}.${table}`);
  return identifiers.length > 0 ? identifiers : [table];
}

/** One text per distinct identity, for maps: equal exactly if the identities name the same table in the same way. */
export function toIdentityKey(identity: TableIdentity): string {
  const { db, schema, table } = identity.source ?? {};
  return table === undefined ? identity.topic : JSON.stringify([db ?? null, schema ?? null, table]);
}

function fromTopic(topic: string): readonly string[] {
  const firstDot = topic.indexOf('.');
  return firstDot === -1 || firstDot === topic.length - 1 ? [topic] : [topic.slice(firstDot + 1), topic];
}
