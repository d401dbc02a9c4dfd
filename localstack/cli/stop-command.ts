import { Argument, type Command } from 'commander';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { serviceNames } from '../services/service.ts';
import { requestChange } from '../stack/control-client.ts';
import { endLeftOver, findLeftOvers, waitUntilGone } from '../stack/left-over.ts';
import { isSameProcess } from '../stack/process-identity.ts';
import { readLivingRunRecord, readRunRecord, removeRunFile, type RunRecord } from '../stack/run-file.ts';
import { dataDirOption } from './data-dir-option.ts';
import { printLine } from './print-line.ts';

const endDeadlineMs = 90_000;

/** `sluice stop [SERVICE]`: ends the stack, or one service with what depends on it, in reverse order. */
export function addStopCommand(program: Command): void {
  program
    .command('stop')
    .description('stop the stack, or one service and what depends on it')
    .addArgument(new Argument('[service]', 'only this service, and what depends on it').choices(serviceNames))
    .addOption(dataDirOption())
    .action(async (service: string | undefined, { dataDir }: { dataDir: string }) => {
      const record = readLivingRunRecord(dataDir);
      if (record === undefined) return endDeadStack(dataDir);
      const done = await requestChange(record, 'stop', service, printLine);
      if (service !== undefined) {
        if (!done) throw new SluiceError('SERVICE_FAILED', `The stack (process ${record.pid}) does not answer.`);
        return;
      }
      await waitForEnd(record, done);
    });
}

/** Only the process that really is the stack gets the signal, even when its control listener is silent. */
async function waitForEnd(record: RunRecord, asked: boolean): Promise<void> {
  if (!asked && isSameProcess(record.pid, record.identity)) process.kill(record.pid, 'SIGTERM');
  if (await waitUntilGone(record, endDeadlineMs)) return;
  throw new SluiceError('SERVICE_FAILED', `The stack (process ${record.pid}) does not end; see its logs.`);
}

async function endDeadStack(dataDir: string): Promise<void> {
  const leftOvers = findLeftOvers(readRunRecord(dataDir));
  for (const each of leftOvers) {
    await endLeftOver(each);
    printLine(`[DOWN]  ${each.name}, which a killed stack had left running`);
  }
  removeRunFile(dataDir);
  if (leftOvers.length === 0) console.log(`No stack runs in ${dataDir}.`);
}
