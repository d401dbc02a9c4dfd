import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Command, InvalidArgumentError } from 'commander';
import { dataDirOption } from './data-dir-option.ts';
import { produceLines } from './produce-lines.ts';
import { fetchServiceUrl } from './running-stack.ts';

interface ProduceOptions {
  readonly keySeparator?: string;
  readonly partition?: number;
  readonly dataDir: string;
}

/** `sluice produce TOPIC [FILE]`: sends each line of a file or of stdin as a record. */
export function addProduceCommand(program: Command): void {
  program
    .command('produce')
    .description('send each line of a file, or of stdin, as a record; empty lines are left out')
    .argument('<topic>')
    .argument('[file]', 'file with one record a line; "-" or nothing: stdin')
    .option('--key-separator <text>', 'the part of a line before the first such text is the key', parseSeparator)
    .option('--partition <number>', 'send to this partition instead of the one that the key chooses', parsePartition)
    .addOption(dataDirOption())
    .action(async (topic: string, file: string | undefined, options: ProduceOptions) => {
      const restUrl = await fetchServiceUrl(options.dataDir, 'kafka-rest');
      const input: Readable = file === undefined || file === '-' ? process.stdin : createReadStream(file);
      const sent = await produceLines(input, { restUrl, topic, ...options });
      const ranges = [...sent.ranges].map(
        ([partition, { from, to }]) => `partition ${partition}: offset ${from === to ? from : `${from} to ${to}`}`,
      );
      console.log(
        `${sent.count} ${sent.count === 1 ? 'record' : 'records'} to ${topic}${ranges.length === 0 ? '' : ` (${ranges.join('; ')})`}`,
      );
    });
}

function parseSeparator(value: string): string {
  if (value === '') throw new InvalidArgumentError('It must not be empty.');
  return value;
}

function parsePartition(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('It must be a number from 0.');
  return Number(value);
}
