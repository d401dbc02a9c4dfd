import type { ChangeSource } from '../change/change-event.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { TableName } from './read-target-table.ts';
import type { TargetSettings } from './target-settings.ts';

/** What the name of a target table is made of. */
export type TableNaming = Pick<
  TargetSettings,
  'targetTable' | 'tablesByTopic' | 'tableNameFormat' | 'underscoresTopic'
>;

/**
 * The target table of a record by its topic and its source block.
 *
 * @throws SluiceError `TABLE_UNNAMED` when the format needs what the source does not say, and for a name that PostgreSQL
 *   would cut or cannot have
 */
export type ToTableName = (topic: string, source: ChangeSource | undefined) => TableName;

/** Most names that are remembered; producers decide on them. */
const maxNames = 1_000;
/** PostgreSQL cuts longer names, and two of them could become one (NAMEDATALEN - 1). */
const maxNameBytes = 63;
const sourcePlaceholder = /\$\{source\.(db|schema|table)\}/g;

/** True when the table depends on the record's source block. */
export function namesBySource({ targetTable, tablesByTopic, tableNameFormat }: TableNaming, topic: string): boolean {
  return targetTable === undefined && !tablesByTopic.has(topic) && tableNameFormat.search(sourcePlaceholder) >= 0;
}

/**
 * How a connector names tables: `target.tablename`, else the topic's entry of `topics.to.tables.mapping`, else
 * `table.name.format` with what its placeholders stand for. The result is read as `[catalog.][schema.]table`, so a dotted
 * topic names schema and table; parts in double quotes may hold dots. What a source block says is one part, whatever it
 * holds. Without a schema the connection's search path decides.
 *
 * Source: Confluent's JDBC sink, `table.name.format`; Aiven's, `topics.to.tables.mapping`; Debezium's,
 * `collection.name.format`.
 */
export function createTableNaming(settings: TableNaming): ToTableName {
  const byTopic = new Map<string, TableName>();
  const bySource = new Map<string, TableName>();
  return (topic, source) => {
    const ofTopic = byTopic.get(topic);
    if (ofTopic !== undefined) return ofTopic;
    const [names, id] = namesBySource(settings, topic) ? [bySource, toSourceId(topic, source)] : [byTopic, topic];
    const known = names.get(id);
    if (known !== undefined) return known;
    const name = toName(settings, topic, source);
    if (names.size >= maxNames) names.clear();
    names.set(id, name);
    return name;
  };
}

function toSourceId(topic: string, source: ChangeSource | undefined): string {
  return JSON.stringify([topic, source?.db, source?.schema, source?.table]);
}

function toName({ targetTable, ...settings }: TableNaming, topic: string, source: ChangeSource | undefined): TableName {
  const { tablesByTopic, tableNameFormat, underscoresTopic } = settings;
  const shownTopic = underscoresTopic ? topic.replaceAll('.', '_') : topic;
  const text =
    targetTable ??
    tablesByTopic.get(topic) ??
    tableNameFormat
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the property's own placeholder, replaced here
      .replaceAll('${topic}', () => shownTopic)
      .replaceAll(sourcePlaceholder, (_, member: keyof ChangeSource) => {
        const part = source?.[member];
        if (part === undefined || part === '') throw unnamed(`the record has no source.${member}`);
        return part.replaceAll('.', standInDot).replaceAll('"', standInQuote);
      });
  const parts = splitName(text).map((part) => part.replaceAll(standInDot, '.').replaceAll(standInQuote, '"'));
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2) ?? null;
  checkName(name);
  if (schema !== null) checkName(schema);
  return { schema, name };
}

/** Private-use characters that stand for a dot and a quote of a source block while the name is taken apart. */
const standInDot = '\uE000';
const standInQuote = '\uE001';

function splitName(text: string): string[] {
  const parts = text.match(/"(?:[^"]|"")*"|[^."]+/g) ?? [text];
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
}

function checkName(name: string): void {
  if (name === '' || name.includes('\0') || !name.isWellFormed()) throw unnamed('the name is empty or no text');
  const bytes = Buffer.byteLength(name);
  if (bytes > maxNameBytes) throw unnamed(`the name has ${bytes} bytes, and PostgreSQL's have at most ${maxNameBytes}`);
}

function unnamed(why: string): SluiceError {
  return new SluiceError('TABLE_UNNAMED', `The target table cannot be named: ${why}.`, { stage: 'bind' });
}
