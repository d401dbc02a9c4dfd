/** What decides which rows and columns the target has. */
const choosing = [
  'filter.sql',
  'table.include.list',
  'table.exclude.list',
  'column.include.list',
  'column.exclude.list',
  'skipped.operations',
];

type Config = Readonly<Record<string, string>>;

/**
 * What to run after a change of what a connector transfers, as one line of ASCII; undefined when it transfers what it did.
 * The rows of the target are never rewritten by the change itself.
 */
export function toFilterChangeAdvice(name: string, before: Config, after: Config): string | undefined {
  const changed = choosing.filter((property) => (before[property] ?? '').trim() !== (after[property] ?? '').trim());
  if (changed.length === 0) return undefined;
  const path = `/connectors/${encodeURIComponent(name)}`;
  return (
    `${changed.join(', ')} changed: rows that are in the target stay as they are until they change. To apply it to them, ` +
    `PUT ${path}/stop, DELETE ${path}/offsets, PUT ${path}/resume: the topics are read again from their beginning. ` +
    'Rows that nothing tells of any more are deleted by hand, by the opposite of the WHERE'
  );
}
