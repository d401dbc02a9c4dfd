import type { Command } from 'commander';
import { dataDirOption } from './data-dir-option.ts';
import { fetchServiceUrl } from './running-stack.ts';

/** `sluice query SQL`: runs SQL in the target database and prints what comes, as psql would or as JSON. */
export function addQueryCommand(program: Command): void {
  program
    .command('query')
    .description("run SQL in the stack's database and print the rows")
    .argument('<sql>', 'one or more statements')
    .option('--json', 'print the rows as a JSON array of objects; of several statements, an array of such arrays')
    .addOption(dataDirOption())
    .action(async (sql: string, options: { json?: boolean; dataDir: string }) => {
      const { runQuery } = await import('./run-query.ts');
      const results = await runQuery(await fetchServiceUrl(options.dataDir, 'postgres'), sql);
      const { toJsonText, toPsqlText } = await import('./query-result.ts');
      console.log(options.json ? toJsonText(results) : results.map(toPsqlText).join('\n'));
    });
}
