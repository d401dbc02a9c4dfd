import { Command, InvalidArgumentError } from 'commander';
import { dataDirOption } from './data-dir-option.ts';
import { requestJson } from './request-json.ts';
import { fetchServiceUrl } from './running-stack.ts';
import { toTextTable } from './text-table.ts';

interface OffsetsOptions {
  readonly dataDir: string;
  readonly nextOffset?: number;
}

interface ConnectorOffsets {
  readonly offsets: readonly {
    readonly partition: { readonly kafka_topic: string; readonly kafka_partition: number };
    readonly offset: { readonly kafka_offset: number };
  }[];
}

/** `sluice offsets …`: how far a connector is, and holes that are accepted. */
export function addOffsetsCommand(program: Command): void {
  const group = new Command('offsets').description('show how far a connector is, and accept offsets that never came');
  group
    .command('show')
    .description('the next offset of every partition, as the target database knows it')
    .argument('<connector>')
    .addOption(dataDirOption())
    .action(async (name: string, { dataDir }: OffsetsOptions) => {
      const { offsets } = await requestJson<ConnectorOffsets>(await offsetsUrl(dataDir, name));
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
      console.log(toTextTable(columns, rows));
    });
  group
    .command('accept-gap')
    .description('go on behind offsets that never came (OFFSETS_SKIPPED); they are recorded')
    .argument('<connector>')
    .argument('<topic>')
    .argument('<partition>', 'its number', toNumber)
    .option('--next-offset <offset>', 'go on there instead of at the offset that came', toNumber)
    .addOption(dataDirOption())
    .action(async (name: string, topic: string, partition: number, { dataDir, nextOffset }: OffsetsOptions) => {
      const body = { topic, partition, ...(nextOffset !== undefined && { nextOffset }) };
      const url = `${await offsetsUrl(dataDir, name)}/accept-gap`;
      const { changed } = await requestJson<{ changed: number }>(url, { method: 'POST', body });
      console.log(changed === 0 ? 'no such gap' : `${changed} offsets accepted as missing`);
    });
  program.addCommand(group);
}

async function offsetsUrl(dataDir: string, name: string): Promise<string> {
  return `${await fetchServiceUrl(dataDir, 'connect')}/connectors/${encodeURIComponent(name)}/offsets`;
}

function toNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('It must be a whole number.');
  return number;
}
