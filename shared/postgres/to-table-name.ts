import type { TableName } from './read-target-table.ts';
import type { TargetSettings } from './target-settings.ts';

/**
 * The target table of a topic's records: `target.tablename`, else `table.name.format` with the topic in place of
 * `${topic}`. The result is read as `[catalog.][schema.]table`, so a dotted topic names schema and table; parts in
 * double quotes may hold dots. Without a schema the connection's search path decides.
 *
 * Source: Confluent's JDBC sink, `table.name.format`.
 */
export function toTableName(
  settings: Pick<TargetSettings, 'targetTable' | 'tableNameFormat'>,
  topic: string,
): TableName {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the property's own placeholder, replaced here
  const topicPlaceholder = '${topic}';
  const parts = splitName(settings.targetTable ?? settings.tableNameFormat.replaceAll(topicPlaceholder, () => topic));
  return { schema: parts.at(-2) ?? null, name: parts.at(-1)! };
}

function splitName(text: string): string[] {
  const parts = text.match(/"(?:[^"]|"")*"|[^."]+/g) ?? [text];
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
}
