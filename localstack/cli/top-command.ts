import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { type ApiOptions, apiCommand } from './api-command.ts';
import { toConnectUrl } from './connect-url.ts';
import { parseCount } from './consume-command.ts';
import { readConnectorSample } from './read-progress.ts';
import { requestJson } from './request-json.ts';
import { describeTop, describeTopLines, type TopSample, toTopRows } from './top-text.ts';

interface TopOptions extends ApiOptions {
  readonly interval: number;
  readonly count?: number;
}

/** Each connector is one invocation of its admin function; so many are asked at a time. */
const parallel = 4;
const home = '\u001b[H';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

/** `sluice top`: how fast connectors are, what waits, and what is stuck, until it is ended. */
export function addTopCommand(program: Command): void {
  program.addCommand(
    apiCommand('top', 'all connectors with rate, lag, last commit and dead letters, again and again; Ctrl-C ends it')
      .option('--interval <seconds>', 'from one look to the next', parseSeconds, 2)
      .option('--count <number>', 'end after so many looks', parseCount)
      .action(runTop),
  );
}

async function runTop(options: TopOptions): Promise<void> {
  const { interval, count = Number.POSITIVE_INFINITY, json } = options;
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  let before: TopSample | undefined;
  try {
    for (let look = 1; look <= count; look++) {
      const now = await readTopSample(options, ending.signal);
      const rows = toTopRows(now, before);
      before = now;
      const time = new Date().toISOString();
      if (json) console.log(JSON.stringify({ time, connectors: rows.map(({ nextOffsets: _, ...row }) => row) }));
      else if (process.stdout.isTTY) drawScreen(`${time.slice(11, 19)} UTC\n${describeTop(rows)}`, look === 1);
      else console.log(rows.length === 0 ? `${time} no connectors` : describeTopLines(rows, time));
      if (look < count) await delay(interval * 1_000, undefined, { signal: ending.signal });
    }
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  }
}

async function readTopSample(options: ApiOptions, signal: AbortSignal): Promise<TopSample> {
  const names = [
    ...(await requestJson<readonly string[]>(await toConnectUrl(options, 'connectors'), { signal })),
  ].sort();
  const found = new Map<string, TopSample['connectors'][number]>();
  const waiting = [...names];
  const readNext = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      found.set(name, await readConnectorSample(options, name, signal));
    }
  };
  await Promise.all(Array.from({ length: parallel }, readNext));
  return { atMs: performance.now(), connectors: names.map((name) => found.get(name)!) };
}

/** Draws over what was there, and never more than the screen has, which would roll it. */
function drawScreen(text: string, isFirst: boolean): void {
  // A terminal that does not know its size says 0.
  const [rows, columns] = [process.stdout.rows || 24, process.stdout.columns || 80];
  const lines = text.split('\n').slice(0, Math.max(1, rows - 1));
  const shown = lines.map((line) => `${line.slice(0, columns)}${clearLine}`);
  process.stdout.write(`${isFirst ? `${home}${clearBelow}` : home}${shown.join('\n')}\n${clearBelow}`);
}

/** Seconds from a tenth to a day. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,5}(\.\d+)?$/.test(text) || seconds < 0.1 || seconds > 86_400) {
    throw new InvalidArgumentError('It must be from 0.1 to 86400 seconds.');
  }
  return seconds;
}
