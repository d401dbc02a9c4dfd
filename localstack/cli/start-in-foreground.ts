import { appendFileSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isSluiceError } from '../../shared/errors/sluice-error.ts';
import { playSample } from '../sample/play-sample.ts';
import { forgetSample, isSampleDue, markSampleDue } from '../sample/sample-marker.ts';
import type { ServiceName } from '../services/service.ts';
import { logFolder, makeDataFolder } from '../stack/data-folder.ts';
import { runStack } from '../stack/run-stack.ts';
import { defineServices } from '../stack.ts';
import { toBrokerChoice } from './broker-options.ts';
import { checkoutDir, defaultDataDir } from './data-dir-option.ts';
import { buildInvitation } from './invitation.ts';
import { toLambdaChoice } from './lambda-options.ts';
import { printLine } from './print-line.ts';
import { toSentence } from './report-failure.ts';
import type { StartOptions } from './start-command.ts';
import type { DetachedMessage } from './start-detached.ts';

const maxLogBytes = 16 * 1024 * 1024;

/** Runs the stack in this process until it is ended; answers the exit code. */
export async function startInForeground(service: ServiceName | undefined, options: StartOptions): Promise<number> {
  const { dataDir } = options;
  const databaseUrl = process.env.DATABASE_URL || undefined;
  const broker = toBrokerChoice(options);
  const playsSample = !options.bare && service === undefined && isSampleDue(dataDir);
  makeDataFolder(dataDir);
  if (playsSample) markSampleDue(dataDir);
  const say = openVoice(dataDir);
  const { version } = JSON.parse(readFileSync(join(checkoutDir, 'package.json'), 'utf8')) as { version: string };
  try {
    return await runStack({
      dataDir,
      version,
      service,
      say,
      greeting: [`Sluice ${version} on Node ${process.versions.node}, data in ${relativePath(dataDir)}`, ''],
      services: defineServices({
        ...options,
        batchWaitMs: options.batchWait,
        broker,
        lambda: toLambdaChoice(options),
        databaseUrl,
        connectTokens: process.env.SLUICE_CONNECT_TOKEN,
        say,
      }),
      async whenUp({ url, signal }) {
        if (playsSample) {
          const [connectUrl, kafkaRestUrl] = [url('connect'), url('kafka-rest')];
          await playSample({
            databaseUrl: url('postgres'),
            connectUrl,
            kafkaRestUrl,
            keepsTable: databaseUrl !== undefined,
            say,
            signal,
          });
          forgetSample(dataDir);
        }
        const shownDataDir = dataDir === defaultDataDir ? undefined : relativePath(dataDir);
        for (const line of buildInvitation({
          service,
          bare: options.bare === true,
          awsEndpoint: toLambdaChoice(options).kind === 'own' ? undefined : url('lambda'),
          dataDir: shownDataDir,
          detached: process.connected,
        }))
          say(line);
        tell({ up: true });
      },
    });
  } catch (error) {
    tell(
      isSluiceError(error)
        ? { failure: error.message, code: error.code }
        : { failure: toSentence(error), code: 'SERVICE_FAILED' },
    );
    throw error;
  }
}

/** Lines go to the terminal, to `logs/stack.log`, and to the command that waits for a start in the background. */
function openVoice(dataDir: string): (line: string) => void {
  const path = join(logFolder(dataDir), 'stack.log');
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(path, `${path}.1`);
  return (line) => {
    printLine(line);
    if (line !== '') appendFileSync(path, `${new Date().toISOString()} ${line}\n`);
    tell({ line });
  };
}

function tell(message: DetachedMessage): void {
  if (process.connected) process.send?.(message);
}

function relativePath(dataDir: string): string {
  const path = relative(process.cwd(), dataDir);
  return path === '' || path.startsWith('..') ? dataDir : path;
}
