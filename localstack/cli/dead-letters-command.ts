import { Command, InvalidArgumentError } from 'commander';
import type { DiscardReport } from '../../shared/postgres/discard.ts';
import type { DeadLetterDetail, DeadLetterPage, DeadLetterPosition } from '../../shared/postgres/read-dead-letters.ts';
import type { RedriveReport } from '../../shared/postgres/redrive.ts';
import { dataDirOption } from './data-dir-option.ts';
import { describeLetters, describeRedrive } from './dead-letter-text.ts';
import { requestJson } from './request-json.ts';
import { fetchServiceUrl } from './running-stack.ts';

interface ChoiceOptions {
  readonly dataDir: string;
  readonly all?: boolean;
  readonly wholeRows?: boolean;
  readonly code?: string;
  readonly topic?: string;
  readonly limit?: number;
}

/** `sluice dead-letters …`: what could not be applied, and what becomes of it. */
export function addDeadLettersCommand(program: Command): void {
  const group = new Command('dead-letters').description(
    'list, show, redrive and discard records that could not be applied',
  );
  group
    .command('list')
    .description('open dead letters, without their payloads')
    .argument('<connector>')
    .option('--all', 'those that were settled, too')
    .option('--limit <number>', 'at most so many', toNumber, 50)
    .addOption(dataDirOption())
    .action(async (name: string, { dataDir, all, limit }: ChoiceOptions) => {
      const query = new URLSearchParams({ state: all ? 'all' : 'open', limit: String(limit) });
      console.log(describeLetters(await requestJson<DeadLetterPage>(`${await lettersUrl(dataDir, name)}?${query}`)));
    });
  group
    .command('show')
    .description('one dead letter as JSON')
    .argument('<connector>')
    .argument('<place>', 'TOPIC:PARTITION:OFFSET', toPlace)
    .option('--payload', 'with key, value and headers in base64')
    .addOption(dataDirOption())
    .action(async (name: string, place: DeadLetterPosition, options: ChoiceOptions & { payload?: boolean }) => {
      const { topic, partition, offset } = place;
      const path = `${encodeURIComponent(topic)}/${partition}/${offset}?payload=${options.payload === true}`;
      const letter = await requestJson<DeadLetterDetail>(`${await lettersUrl(options.dataDir, name)}/${path}`);
      console.log(JSON.stringify(letter, undefined, 2));
    });
  addChoiceCommand(group, 'redrive', 'send dead letters through the connector again, in order').action(
    async (name: string, places: readonly DeadLetterPosition[], options: ChoiceOptions) => {
      const url = `${await lettersUrl(options.dataDir, name)}/redrive`;
      console.log(
        describeRedrive(await requestJson<RedriveReport>(url, { method: 'POST', body: toBody(places, options) })),
      );
    },
  );
  addChoiceCommand(group, 'discard', 'settle dead letters without applying them').action(
    async (name: string, places: readonly DeadLetterPosition[], options: ChoiceOptions) => {
      const url = `${await lettersUrl(options.dataDir, name)}/discard`;
      const report = await requestJson<DiscardReport>(url, { method: 'POST', body: toBody(places, options) });
      console.log(`${report.discarded} discarded${report.hasMore ? '; there are more' : ''}`);
    },
  );
  group
    .command('park')
    .description('make the record at an offset a dead letter before it is decoded, once the connector comes to it')
    .argument('<connector>')
    .argument('<place>', 'TOPIC:PARTITION:OFFSET', toPlace)
    .addOption(dataDirOption())
    .action(async (name: string, place: DeadLetterPosition, { dataDir }: ChoiceOptions) => {
      const url = `${await lettersUrl(dataDir, name)}/park`;
      const { changed } = await requestJson<{ changed: number }>(url, { method: 'POST', body: place });
      console.log(changed === 1 ? 'parked' : 'not parked: the partition was never begun or has passed the offset');
    });
  program.addCommand(group);
}

function addChoiceCommand(group: Command, name: string, description: string): Command {
  return group
    .command(name)
    .description(description)
    .argument('<connector>')
    .argument('[places...]', 'TOPIC:PARTITION:OFFSET, one or more', collectPlace, [])
    .option('--whole-rows', 'with places: every open letter about the same rows')
    .option('--code <code>', 'those with this error code')
    .option('--topic <topic>', 'those of this topic')
    .option('--all', 'every open one')
    .option('--limit <number>', 'at most so many', toNumber, 500)
    .addOption(dataDirOption());
}

function toBody(letters: readonly DeadLetterPosition[], { all, wholeRows, code, topic, limit }: ChoiceOptions): object {
  return {
    ...(letters.length > 0 && { letters, wholeRows: wholeRows === true }),
    ...(code !== undefined && { code }),
    ...(topic !== undefined && { topic }),
    ...(all === true && { all }),
    limit,
  };
}

async function lettersUrl(dataDir: string, name: string): Promise<string> {
  return `${await fetchServiceUrl(dataDir, 'connect')}/connectors/${encodeURIComponent(name)}/dead-letters`;
}

function toNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('It must be a whole number.');
  return number;
}

/** A name of a topic holds no colon. */
function toPlace(text: string): DeadLetterPosition {
  const [, topic, partition, offset] = /^([^:]+):(\d+):(\d+)$/.exec(text) ?? [];
  if (topic === undefined) throw new InvalidArgumentError('It must look like TOPIC:PARTITION:OFFSET.');
  return { topic, partition: Number(partition), offset: Number(offset) };
}

function collectPlace(text: string, before: readonly DeadLetterPosition[]): readonly DeadLetterPosition[] {
  return [...before, toPlace(text)];
}
