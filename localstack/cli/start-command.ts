import { Argument, type Command, InvalidArgumentError } from 'commander';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { type ServiceName, serviceNames } from '../services/service.ts';
import { fetchStatus, requestChange } from '../stack/control-client.ts';
import { readLivingRunRecord, type RunRecord } from '../stack/run-file.ts';
import { addBrokerOptions, type BrokerOptions } from './broker-options.ts';
import { dataDirOption } from './data-dir-option.ts';
import { addLambdaOptions, type LambdaOptions } from './lambda-options.ts';
import { printLine } from './print-line.ts';

/** Options of `sluice start`. */
export interface StartOptions extends BrokerOptions, LambdaOptions {
  readonly dataDir: string;
  readonly connectPort: number;
  readonly connectHost: string;
  readonly kafkaRestPort: number;
  readonly postgresPort?: number;
  readonly batchWait: number;
  readonly bare?: boolean;
  readonly detach?: boolean;
}

/** `sluice start [SERVICE]`: runs the stack, or starts a service of the one that runs already. */
export function addStartCommand(program: Command): void {
  const command = program
    .command('start')
    .description('start the stack, or one service and what it needs')
    .addArgument(new Argument('[service]', 'only this service, and what it needs').choices(serviceNames))
    .option('--connect-port <port>', 'port of the Connect REST API; 0: any free one', parsePort, 8083)
    .option(
      '--connect-host <address>',
      'where the Connect REST API listens; anywhere but at 127.0.0.1 it needs SLUICE_CONNECT_TOKEN',
      '127.0.0.1',
    )
    .option('--kafka-rest-port <port>', 'port of the topic REST API; 0: any free one', parsePort, 8082)
    .option('--postgres-port <port>', "port of PostgreSQL (default: the data folder's last one, else 54329)", parsePort)
    .option('--batch-wait <ms>', 'how long records are gathered where the window is 0; 0: sent at once', parseWait, 0)
    .option('--bare', 'without the sample table, connector and messages')
    .option('--detach', 'go to the background once all is up')
    .addOption(dataDirOption());
  addBrokerOptions(command);
  addLambdaOptions(command, parsePort);
  command.action(async (service: ServiceName | undefined, options: StartOptions) => {
    const living = readLivingRunRecord(options.dataDir);
    if (living !== undefined) return startInRunningStack(living, service, options.dataDir);
    if (options.detach) {
      const { startDetached } = await import('./start-detached.ts');
      return startDetached(options.dataDir);
    }
    const { startInForeground } = await import('./start-in-foreground.ts');
    process.exitCode = await startInForeground(service, options);
  });
}

async function startInRunningStack(
  record: RunRecord,
  service: ServiceName | undefined,
  dataDir: string,
): Promise<void> {
  const services = await fetchStatus(record);
  const missing = services?.filter(({ name, state }) => state !== 'up' && (service === undefined || name === service));
  if (service === undefined && (missing === undefined || missing.length === 0)) {
    throw new SluiceError(
      'STACK_RUNNING',
      `A stack (process ${record.pid}) already runs in ${dataDir}: use it, end it with "sluice stop", or choose another folder with --data-dir.`,
    );
  }
  if (services !== undefined && service !== undefined && !services.some(({ name }) => name === service)) {
    throw new SluiceError(
      'SERVICE_FAILED',
      `The stack runs without ${service}: end it and start it with --${service}.`,
    );
  }
  if (missing?.length === 0) return console.log(`${service} is up already.`);
  if (!(await requestChange(record, 'start', service, printLine))) {
    throw new SluiceError('SERVICE_FAILED', `The stack (process ${record.pid}) does not answer.`);
  }
}

/** Longer than this is what a mapping's own window is for. */
const maxWaitMs = 1_000;

function parseWait(value: string): number {
  const isWait = /^\d{1,4}$/.test(value) && Number(value) <= maxWaitMs;
  if (!isWait) throw new InvalidArgumentError(`It must be from 0 to ${maxWaitMs} ms.`);
  return Number(value);
}

function parsePort(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw new InvalidArgumentError('It must be from 0 to 65535.');
  return Number(value);
}
