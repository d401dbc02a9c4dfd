import { type Command, InvalidArgumentError } from 'commander';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { serviceNames } from '../services/service.ts';
import { logFolder } from '../stack/data-folder.ts';
import { dataDirOption } from './data-dir-option.ts';
import { findLogs } from './find-logs.ts';
import { findLogFiles, followLines, type LogFile, readLastLines } from './log-file.ts';

interface LogsOptions {
  readonly dataDir: string;
  readonly follow?: boolean;
  readonly lines: number;
}

/** `sluice logs [NAME]`: what services and functions wrote. */
export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .description('what the stack, its services and its functions wrote')
    .argument('[name]', 'a connector, a service or a function; all of them when absent')
    .option('-f, --follow', 'go on with what is written from now on')
    .option('-n, --lines <number>', 'last lines to begin with', parseLines, 50)
    .addOption(dataDirOption())
    .action(async (name: string | undefined, options: LogsOptions) => {
      const files = findLogFiles(logFolder(options.dataDir));
      const chosen = name === undefined ? files : findLogs(files, name);
      if (chosen.length === 0) throw nothingFound(name, files, options.dataDir);
      const width = Math.max(...chosen.map((file) => file.name.length));
      const print = (file: LogFile, line: string) =>
        process.stdout.write(chosen.length === 1 ? `${line}\n` : `${file.name.padEnd(width)} | ${line}\n`);
      for (const file of chosen) for (const line of readLastLines(file, options.lines)) print(file, line);
      if (options.follow) await Promise.all(chosen.map((file) => followLines(file, (line) => print(file, line))));
    });
}

function parseLines(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError('It must be a number from 0 to 999999.');
  return Number(value);
}

function nothingFound(name: string | undefined, files: readonly LogFile[], dataDir: string): SluiceError {
  if (files.length === 0) return new SluiceError('CONFIG_INVALID', `${dataDir} holds no logs yet.`);
  const logs = files.map((file) => file.name).join(', ');
  return new SluiceError(
    'CONFIG_INVALID',
    `No log of ${name}. There are logs of ${logs}; a service (${serviceNames.join(', ')}) or a connector that has run can be named, too.`,
  );
}
