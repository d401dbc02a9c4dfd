import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { createRestTopicReader } from '../topic-query/rest-topic-reader.ts';
import { type ApiOptions, apiCommand } from './api-command.ts';
import { toConnectUrl } from './connect-url.ts';
import { type ConnectorSample, readConnectorSample } from './read-progress.ts';
import { requestJson } from './request-json.ts';
import { fetchServiceUrl } from './running-stack.ts';
import { escapeControl } from './text-table.ts';
import { parseSeconds } from './top-command.ts';
import { toDurationText } from './top-text.ts';
import { describeWatch, drawWatch, type WatchedPartition, type WatchProgress, WatchTracker } from './watch-progress.ts';

interface WatchOptions extends ApiOptions {
  readonly interval: number;
  readonly timeout?: number;
}

const startOfLine = '\r\u001b[K';

/** `sluice watch NAME`: a connector on its way to the end offsets of now. */
export function addWatchCommand(program: Command): void {
  program.addCommand(
    apiCommand('watch', 'follow a connector to the end offsets of now; ends with 0 when it is there')
      .argument('<name>')
      .option('--interval <seconds>', 'from one look to the next', parseSeconds, 1)
      .option('--timeout <seconds>', 'end with 1 when it is not there by then', parseSeconds)
      .action(runWatch),
  );
}

async function runWatch(name: string, options: WatchOptions): Promise<void> {
  const { interval, timeout, json } = options;
  const begunMs = performance.now();
  const { signal } = new AbortController();
  let sample = await readConnectorSample(options, name, signal);
  const tracker = new WatchTracker(await findEnds(name, sample, options));
  const draws = process.stdout.isTTY && !json;
  const tell = createTeller(json ? 'json' : draws ? 'bar' : 'lines');
  for (;;) {
    const atMs = performance.now();
    const progress = tracker.add(sample.nextOffsets, atMs);
    tell(sample, progress);
    if (progress.done >= progress.total) {
      if (!json) console.log(`${draws ? '\n' : ''}${name} is there after ${toDurationText(atMs - begunMs)}`);
      return;
    }
    assertGoing(sample);
    if (timeout !== undefined && atMs - begunMs >= timeout * 1_000) {
      if (draws) console.log();
      const left = progress.total - progress.done;
      throw new SluiceError(
        'CONNECTOR_BEHIND',
        `${name} lacks ${left} records after ${toDurationText(timeout * 1_000)}.`,
      );
    }
    await delay(interval * 1_000);
    sample = await readConnectorSample(options, name, signal);
  }
}

/** Prints a look: as a line, as a line when it says something new, or over the one before. */
function createTeller(form: 'json' | 'lines' | 'bar'): (sample: ConnectorSample, progress: WatchProgress) => void {
  let shown = '';
  return ({ name, state, trouble }, progress) => {
    if (form === 'json') return console.log(JSON.stringify({ name, state, ...progress }));
    const suffix = trouble === undefined ? '' : escapeControl(`, ${state}: ${trouble}`);
    const text = `${form === 'bar' ? drawWatch(progress) : describeWatch(progress)}${suffix}`;
    if (form === 'bar') process.stdout.write(`${startOfLine}${text.slice(0, (process.stdout.columns || 80) - 1)}`);
    else if (text !== shown) console.log(text);
    shown = text;
  };
}

/** A failed connector may be mended or mend itself; one that somebody ended does not go on by itself. */
function assertGoing({ name, state }: ConnectorSample): void {
  if (state !== 'PAUSED' && state !== 'STOPPED') return;
  throw new SluiceError('CONNECTOR_BEHIND', `${name} is ${state}: resume it, and it goes on.`);
}

/**
 * The end offset of each partition: as the stack's own brokers tell it, also of partitions that were never read; elsewhere by
 * the lag of those that the ledger knows.
 */
async function findEnds(name: string, sample: ConnectorSample, options: ApiOptions): Promise<WatchedPartition[]> {
  if (options.url === undefined) return await askBrokers(name, sample, options);
  const url = `${await toConnectUrl(options, 'connectors', name, 'status')}?expand=progress`;
  const { progress } = await requestJson<{ progress: { partitions?: readonly LaggingPartition[]; error?: string } }>(
    url,
  );
  if (progress.error !== undefined) throw new SluiceError('REQUEST_REFUSED', progress.error);
  const partitions = progress.partitions ?? [];
  if (partitions.length === 0 || partitions.some(({ lag }) => lag === null)) {
    const message = `How much waits for ${name} is not known there: its API cannot ask the brokers, or it has read nothing yet.`;
    throw new SluiceError('REQUEST_REFUSED', message);
  }
  return partitions.map(({ topic, partition, nextOffset, lag }) => ({
    name: `${topic}:${partition}`,
    from: nextOffset,
    to: nextOffset + lag!,
  }));
}

interface LaggingPartition {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: number;
  readonly lag: number | null;
}

async function askBrokers(name: string, { nextOffsets }: ConnectorSample, options: ApiOptions) {
  const reader = createRestTopicReader(await fetchServiceUrl(options.dataDir, 'kafka-rest'));
  const topicsUrl = await toConnectUrl(options, 'connectors', name, 'topics');
  const { topics = [] } = (await requestJson<Record<string, { topics?: readonly string[] }>>(topicsUrl))[name] ?? {};
  const known = new Set((await reader.topics()).map((topic) => topic.name));
  const found: WatchedPartition[] = [];
  // A topic that nobody has made yet has nothing to wait for.
  for (const topic of topics.filter((each) => known.has(each))) {
    const { partitions } = (await reader.topic(topic))!;
    for (let partition = 0; partition < partitions; partition++) {
      const { beginning, end } = await reader.offsets(topic, partition);
      const place = `${topic}:${partition}`;
      found.push({ name: place, from: Math.max(beginning, nextOffsets.get(place) ?? 0), to: end });
    }
  }
  return found;
}
