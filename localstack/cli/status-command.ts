import type { Command } from 'commander';
import { dataDirOption } from './data-dir-option.ts';
import { readStackStatus } from './stack-status.ts';
import { describeStackStatus } from './stack-status-text.ts';

/** `sluice status`: every service with its state and URL, also when no stack runs. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('every service with its state and URL')
    .option('--json', 'print JSON')
    .addOption(dataDirOption())
    .action(async ({ dataDir, json }: { dataDir: string; json?: boolean }) => {
      const status = await readStackStatus(dataDir);
      console.log(json ? JSON.stringify(status, undefined, 2) : describeStackStatus(status));
    });
}
