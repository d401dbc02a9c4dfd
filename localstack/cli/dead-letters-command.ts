import { Command, InvalidArgumentError } from 'commander';
import type { DiscardReport } from '../../shared/postgres/discard.ts';
import type { DeadLetterDetail, DeadLetterPage, DeadLetterPosition } from '../../shared/postgres/read-dead-letters.ts';
import type { RedriveReport } from '../../shared/postgres/redrive.ts';
import { type ApiOptions, apiCommand, printAnswer } from './api-command.ts';
import { toConnectUrl } from './connect-url.ts';
import { describeLetters, describeRedrive } from './dead-letter-text.ts';
import { requestJson } from './request-json.ts';

interface ChoiceOptions extends ApiOptions {
  readonly all?: boolean;
  readonly wholeRows?: boolean;
  readonly code?: string;
  readonly topic?: string;
  readonly table?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
}

/** `sluice dead-letters …`: what could not be applied, and what becomes of it. */
export function addDeadLettersCommand(program: Command): void {
  const group = new Command('dead-letters').description(
    'list, show, redrive and discard records that could not be applied',
  );
  group.addCommand(
    apiCommand('list', 'open dead letters, without their payloads')
      .argument('<connector>')
      .option('--all', 'those that were settled, too')
      .option('--code <code>', 'those with this error code')
      .option('--topic <topic>', 'those of this topic')
      .option('--table <schema.table>', 'those of this target table')
      .option('--since <time>', 'those that came then or later, ISO 8601')
      .option('--until <time>', 'those that came before, ISO 8601')
      .option('--limit <number>', 'at most so many', toNumber, 50)
      .action(async (name: string, options: ChoiceOptions) => {
        const { all, limit, code, topic, table, since, until } = options;
        const filters = Object.entries({ code, topic, table, since, until }).filter(([, value]) => value !== undefined);
        const query = new URLSearchParams({ state: all ? 'all' : 'open', limit: String(limit) });
        for (const [filter, value] of filters) query.set(filter, value!);
        const page = await requestJson<DeadLetterPage>(`${await lettersUrl(options, name)}?${query}`);
        printAnswer(options, page, describeLetters(page));
      }),
  );
  group.addCommand(
    apiCommand('show', 'one dead letter as JSON')
      .argument('<connector>')
      .argument('<place>', 'TOPIC:PARTITION:OFFSET', toPlace)
      .option('--payload', 'with key, value and headers in base64, and as text where they are')
      .action(async (name: string, place: DeadLetterPosition, options: ChoiceOptions & { payload?: boolean }) => {
        const { topic, partition, offset } = place;
        const url = await lettersUrl(options, name, topic, String(partition), String(offset));
        const letter = await requestJson<DeadLetterDetail>(`${url}?payload=${options.payload === true}`);
        console.log(JSON.stringify(letter, undefined, 2));
      }),
  );
  group.addCommand(
    choiceCommand('redrive', 'send dead letters through the connector again, in order').action(
      async (name: string, places: readonly DeadLetterPosition[], options: ChoiceOptions) => {
        const request = { method: 'POST', body: toBody(places, options) } as const;
        const report = await requestJson<RedriveReport>(await lettersUrl(options, name, 'redrive'), request);
        printAnswer(options, report, describeRedrive(report));
      },
    ),
  );
  group.addCommand(
    choiceCommand('discard', 'settle dead letters without applying them').action(
      async (name: string, places: readonly DeadLetterPosition[], options: ChoiceOptions) => {
        const request = { method: 'POST', body: toBody(places, options) } as const;
        const report = await requestJson<DiscardReport>(await lettersUrl(options, name, 'discard'), request);
        printAnswer(options, report, `${report.discarded} discarded${report.hasMore ? '; there are more' : ''}`);
      },
    ),
  );
  group.addCommand(
    apiCommand(
      'park',
      'make the record at an offset a dead letter before it is decoded, once the connector comes to it',
    )
      .argument('<connector>')
      .argument('<place>', 'TOPIC:PARTITION:OFFSET', toPlace)
      .action(async (name: string, place: DeadLetterPosition, options: ChoiceOptions) => {
        const url = await toConnectUrl(options, 'connectors', name, 'park');
        const answer = await requestJson<{ changed: number }>(url, { method: 'POST', body: place });
        const text = 'not parked: the partition was never begun or has passed the offset';
        printAnswer(options, answer, answer.changed === 1 ? 'parked' : text);
      }),
  );
  program.addCommand(group);
}

function choiceCommand(name: string, description: string): Command {
  return apiCommand(name, description)
    .argument('<connector>')
    .argument('[places...]', 'TOPIC:PARTITION:OFFSET, one or more', collectPlace, [])
    .option('--whole-rows', 'with places: every open letter about the same rows')
    .option('--code <code>', 'those with this error code')
    .option('--topic <topic>', 'those of this topic')
    .option('--all', 'every open one')
    .option('--limit <number>', 'at most so many', toNumber, 500);
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

function lettersUrl(options: ChoiceOptions, name: string, ...path: readonly string[]): Promise<string> {
  return toConnectUrl(options, 'connectors', name, 'dead-letters', ...path);
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
