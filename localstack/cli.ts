import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { addCompletionCommand } from './cli/completion-command.ts';
import { addConnectorsCommand } from './cli/connectors-command.ts';
import { addConsumeCommand } from './cli/consume-command.ts';
import { checkoutDir } from './cli/data-dir-option.ts';
import { addDeadLettersCommand } from './cli/dead-letters-command.ts';
import { addDryRunCommand } from './cli/dry-run-command.ts';
import { addLoggersCommand } from './cli/loggers-command.ts';
import { addLogsCommand } from './cli/logs-command.ts';
import { addOffsetsCommand } from './cli/offsets-command.ts';
import { addProduceCommand } from './cli/produce-command.ts';
import { addQueryCommand } from './cli/query-command.ts';
import { reportFailure } from './cli/report-failure.ts';
import { addSqlCommand } from './cli/sql-command.ts';
import { addStartCommand } from './cli/start-command.ts';
import { addStatusCommand } from './cli/status-command.ts';
import { addStopCommand } from './cli/stop-command.ts';
import { addTopCommand } from './cli/top-command.ts';
import { addValidateCommand } from './cli/validate-command.ts';
import { addWatchCommand } from './cli/watch-command.ts';

const { version } = JSON.parse(readFileSync(join(checkoutDir, 'package.json'), 'utf8')) as { version: string };

const program = new Command('sluice')
  .description('Moves change records from Kafka into PostgreSQL, exactly once: the local stack.')
  .version(version)
  .showHelpAfterError('(add --help for what the command takes)')
  .configureHelp({ sortSubcommands: false });

for (const addCommand of [
  addStartCommand,
  addStopCommand,
  addStatusCommand,
  addProduceCommand,
  addConsumeCommand,
  addConnectorsCommand,
  addTopCommand,
  addWatchCommand,
  addValidateCommand,
  addDryRunCommand,
  addDeadLettersCommand,
  addOffsetsCommand,
  addQueryCommand,
  addSqlCommand,
  addLoggersCommand,
  addLogsCommand,
  addCompletionCommand,
]) {
  addCommand(program);
}

program.hook('preAction', (_program, command) => {
  // A reader that closed the pipe, as head does, has seen enough; a stack runs on without its terminal.
  process.stdout.on('error', () => (command.name() === 'start' ? undefined : process.exit()));
});

await program.parseAsync().catch(reportFailure);
