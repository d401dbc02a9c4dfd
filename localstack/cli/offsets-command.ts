import { Command, InvalidArgumentError } from 'commander';
import { type ApiOptions, apiCommand, printAnswer } from './api-command.ts';
import { toConnectUrl } from './connect-url.ts';
import { requestJson } from './request-json.ts';
import { toTextTable } from './text-table.ts';

interface OffsetsOptions extends ApiOptions {
  readonly nextOffset?: number;
  readonly generation?: number;
  readonly startTimestamp?: number;
}

interface OffsetsChange {
  readonly message: string;
  readonly rewound?: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly replayed: number | null;
    readonly skipped: number | null;
  }[];
}

interface ConnectorOffsets {
  readonly offsets: readonly {
    readonly partition: { readonly kafka_topic: string; readonly kafka_partition: number };
    readonly offset: { readonly kafka_offset: number };
  }[];
}

/** `sluice offsets …`: how far a connector is, offsets that are moved, and holes that are accepted. */
export function addOffsetsCommand(program: Command): void {
  const group = new Command('offsets').description('show and move the offsets of a connector, and accept holes');
  group.addCommand(
    apiCommand('show', 'the next offset of every partition, as the target database knows it')
      .argument('<connector>')
      .action(async (name: string, options: OffsetsOptions) => {
        const answer = await requestJson<ConnectorOffsets>(await toConnectUrl(options, 'connectors', name, 'offsets'));
        printAnswer(options, answer, describeOffsets(answer));
      }),
  );
  group.addCommand(
    moveCommand('set', 'go on at other offsets; the connector must be stopped')
      .argument(
        '<places...>',
        'TOPIC:PARTITION:OFFSET, one or more; without offset the partition is forgotten',
        addPlace,
      )
      .action(async (name: string, offsets: readonly object[], options: OffsetsOptions) =>
        move(name, options, { method: 'PATCH', body: { offsets } }),
      ),
  );
  group.addCommand(
    moveCommand('reset', 'forget all offsets; the connector must be stopped').action(
      async (name: string, options: OffsetsOptions) => move(name, options, { method: 'DELETE' }),
    ),
  );
  group.addCommand(
    apiCommand('accept-gap', 'go on behind offsets that never came (OFFSETS_SKIPPED); they are recorded')
      .argument('<connector>')
      .argument('<topic>')
      .argument('<partition>', 'its number', toNumber)
      .option('--next-offset <offset>', 'go on there instead of at the offset that came', toNumber)
      .action(async (name: string, topic: string, partition: number, options: OffsetsOptions) => {
        const { nextOffset } = options;
        const body = { topic, partition, ...(nextOffset !== undefined && { nextOffset }) };
        const url = await toConnectUrl(options, 'connectors', name, 'offsets', 'accept-gap');
        const answer = await requestJson<{ changed: number }>(url, { method: 'POST', body });
        const { changed } = answer;
        printAnswer(options, answer, changed === 0 ? 'no such gap' : `${changed} offsets accepted as missing`);
      }),
  );
  program.addCommand(group);
}

function moveCommand(name: string, description: string): Command {
  return apiCommand(name, description)
    .argument('<connector>')
    .option(
      '--generation <number>',
      'the generation that was deployed for a rewind, where CDK manages the connector',
      toNumber,
    )
    .option('--start-timestamp <ms>', 'read rewound topics from there, milliseconds since the epoch', toNumber);
}

async function move(
  name: string,
  options: OffsetsOptions,
  request: { readonly method: 'PATCH' | 'DELETE'; readonly body?: unknown },
): Promise<void> {
  const { generation, startTimestamp } = options;
  const query = new URLSearchParams({
    ...(generation !== undefined && { generation: String(generation) }),
    ...(startTimestamp !== undefined && { startTimestamp: String(startTimestamp) }),
  });
  const url = `${await toConnectUrl(options, 'connectors', name, 'offsets')}?${query}`;
  const answer = await requestJson<OffsetsChange>(url, request);
  const lines = (answer.rewound ?? []).map(
    ({ topic, partition, replayed, skipped }) =>
      `${topic}-${partition}: ${replayed ?? 'an unknown number of'} records are applied again` +
      (skipped ? `, ${skipped} before them are read and not applied` : ''),
  );
  printAnswer(options, answer, [answer.message, ...lines].join('\n'));
}

function describeOffsets({ offsets }: ConnectorOffsets): string {
  const columns = [
    { name: 'topic', align: 'left' as const },
    { name: 'partition', align: 'right' as const },
    { name: 'next offset', align: 'right' as const },
  ];
  const rows = offsets.map(({ partition, offset }) => [
    partition.kafka_topic,
    String(partition.kafka_partition),
    String(offset.kafka_offset),
  ]);
  return toTextTable(columns, rows);
}

function addPlace(text: string, before: readonly object[] = []): readonly object[] {
  const [, topic, partition, offset] = /^([^:]+):(\d+)(?::(\d+))?$/.exec(text) ?? [];
  if (topic === undefined)
    throw new InvalidArgumentError('It must look like TOPIC:PARTITION:OFFSET or TOPIC:PARTITION.');
  const place = { kafka_topic: topic, kafka_partition: Number(partition) };
  return [...before, { partition: place, offset: offset === undefined ? null : { kafka_offset: Number(offset) } }];
}

function toNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('It must be a whole number.');
  return number;
}
