/**
 * A connector's configuration with the database of a `postgresql://user:password@host:port/database` URL as its target,
 * in the form that JDBC connectors are given it.
 */
export function withTargetDatabase(
  config: Readonly<Record<string, string>>,
  databaseUrl: string,
): Record<string, string> {
  const { host, pathname, search, username, password } = new URL(databaseUrl);
  return {
    ...config,
    'connection.url': `jdbc:postgresql://${host}${pathname}${search}`,
    'connection.user': decodeURIComponent(username),
    'connection.password': decodeURIComponent(password),
  };
}
