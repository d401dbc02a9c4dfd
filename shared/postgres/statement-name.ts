import { createHash } from 'node:crypto';
import type { Client } from 'pg';

/** A prepared statement keeps about 0.1 MB in its backend; further texts are sent without a name. */
const maxNames = 200;

const namesByClient = new WeakMap<Client, Map<string, string>>();

/** Lets {@link statementName} name the statements of this connection. */
export function allowNames(client: Client): void {
  namesByClient.set(client, new Map());
}

/**
 * The name under which a connection prepares a text, so that PostgreSQL parses and plans it once; undefined for one that
 * is sent unnamed. The name is made of the text, so that behind a pooler that mixes sessions a name can be missing or
 * taken, but never stand for another text.
 */
export function statementName(client: Client, text: string): string | undefined {
  const names = namesByClient.get(client);
  if (names === undefined) return undefined;
  const known = names.get(text);
  if (known !== undefined || names.size >= maxNames) return known;
  const name = `sluice_${createHash('sha256').update(text).digest('base64url').slice(0, 24)}`;
  names.set(text, name);
  return name;
}

/** True when the error says that a pooler gave the connection a session that does not have its prepared statements. */
export function isNameLost(sqlState: string | undefined): boolean {
  // invalid_sql_statement_name, duplicate_prepared_statement
  return sqlState === '26000' || sqlState === '42P05';
}
