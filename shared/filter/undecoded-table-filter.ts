import type { TableFilter } from './table-filter.ts';

const sourceMember = Buffer.from('"source"');
const unicodeEscape = Buffer.from('\\u');

/**
 * What the table lists say of a record as far as that is known without decoding its value; undefined if the value has
 * to be decoded first, because it may hold a `source` block, which then names the table instead of the topic.
 *
 * The rule looks at the raw JSON text: a member called `source` is spelled `"source"`, or with a `\u` escape. A value with
 * neither has no such member, whatever else it is, so its topic decides. A tombstone has no value, so its topic decides.
 */
export function decideUndecoded(filter: TableFilter, topic: string, value: Buffer | null): boolean | undefined {
  if (!filter.isRestricting) return true;
  if (value !== null && (value.includes(sourceMember) || value.includes(unicodeEscape))) return undefined;
  return filter.isIncluded({ topic });
}
