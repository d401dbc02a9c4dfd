import { Command } from 'commander';
import { type ApiOptions, apiCommand, printAnswer } from './api-command.ts';
import { toConnectUrl } from './connect-url.ts';
import { requestJson } from './request-json.ts';
import { toTextTable } from './text-table.ts';

/** `sluice loggers …`: log levels of the connectors' functions. */
export function addLoggersCommand(program: Command): void {
  const group = new Command('loggers').description('show and set log levels');
  group.addCommand(
    apiCommand('list', 'every logger with its level').action(async (options: ApiOptions) => {
      const url = await toConnectUrl(options, 'admin', 'loggers');
      const answer = await requestJson<Record<string, { readonly level: string }>>(url);
      const columns = ['logger', 'level'].map((name) => ({ name, align: 'left' as const }));
      const rows = Object.entries(answer).map(([name, { level }]) => [name, level]);
      printAnswer(options, answer, toTextTable(columns, rows));
    }),
  );
  group.addCommand(
    apiCommand('set', 'set the level of a logger and of those below it')
      .argument('<logger>', 'io.sluice.connector.NAME, or root for all')
      .argument('<level>', 'TRACE, DEBUG, INFO, WARN, ERROR or FATAL')
      .action(async (logger: string, level: string, options: ApiOptions) => {
        const url = await toConnectUrl(options, 'admin', 'loggers', logger);
        const answer = await requestJson<readonly string[]>(url, { method: 'PUT', body: { level } });
        printAnswer(options, answer, answer.join('\n'));
      }),
  );
  program.addCommand(group);
}
