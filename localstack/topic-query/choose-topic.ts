import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { namesTable } from '../../shared/filter/sql/match-table.ts';

const maxShown = 20;

/**
 * The topic that a table in SQL means: the one that is called so, else the only one whose table is, by the rule of the filter
 * (`orders` means `shop.public.orders`).
 *
 * @throws SluiceError `TOPIC_MISSING` when there is none, `CONFIG_INVALID` when there are several
 */
export function chooseTopic(table: string, topics: readonly string[]): string {
  if (topics.includes(table)) return table;
  const fitting = topics.filter((topic) => namesTable(table, { topic }));
  if (fitting.length === 1) return fitting[0]!;
  if (fitting.length > 1) {
    const message = `${table} may be the table of any of these topics; write the whole name, or name one with --topic: `;
    throw new SluiceError('CONFIG_INVALID', `${message}${list(fitting)}.`);
  }
  const lower = topics.find((topic) => namesTable(table, { topic: topic.toLowerCase() }));
  const hint =
    lower === undefined
      ? ''
      : ` Names without double quotes are in lower case; write ${lower.split('.').map(quote).join('.')}.`;
  const known = topics.length === 0 ? ' There are no topics.' : ` There are: ${list(topics)}.`;
  throw new SluiceError('TOPIC_MISSING', `No topic is called ${table}, or has a table of that name.${hint}${known}`);
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function list(names: readonly string[]): string {
  const more = names.length > maxShown ? `, and ${names.length - maxShown} more` : '';
  return `${names.slice(0, maxShown).join(', ')}${more}`;
}
