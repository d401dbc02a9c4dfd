import { type ErrorClass, type ErrorEntry, errorTable } from './error-table.ts';

const classes: Readonly<Record<ErrorClass, string>> = {
  data: 'The record can never apply. It becomes a dead letter, and its partition goes on.',
  order: 'The record applies once another one has. Its partition waits.',
  transient: 'It may work in a moment. The partition is retried.',
  operator: 'Somebody has to mend something. The batch fails and is retried until then.',
  config: 'Nothing is started or created. The message lists every problem at once.',
  invariant: 'A bug of Sluice. The batch fails.',
};

/** `docs/errors.md`: every row of the error table, by class. */
export function toErrorsPage(): string {
  const sections = Object.entries(classes).map(([errorClass, policy]) => {
    const entries: [string, ErrorEntry][] = Object.entries(errorTable);
    const rows = entries
      .filter(([, entry]) => entry.errorClass === errorClass)
      .map(([code, { action }]) => `| \`${code}\` | ${action} |`);
    return [`## ${errorClass}`, '', policy, '', '| Code | What to do |', '| --- | --- |', ...rows].join('\n');
  });
  const head = [
    '# Errors',
    '',
    '<!-- Written by `npm run docs` from shared/errors/error-table.ts. -->',
    '',
    'Every error of Sluice has a code, and every code a class, which decides what happens to the record, the batch or the',
    'command. The message names what is concerned: names, counts, coordinates; never payloads or secrets.',
  ].join('\n');
  return `${[head, ...sections].join('\n\n')}\n`;
}
