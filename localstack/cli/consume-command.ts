import { type Command, InvalidArgumentError } from 'commander';
import { dataDirOption } from './data-dir-option.ts';
import { fetchServiceUrl } from './running-stack.ts';
import { followTopic } from '../topic-query/follow-topic.ts';
import { createRestTopicReader } from '../topic-query/rest-topic-reader.ts';

interface ConsumeCommandOptions {
  readonly fromBeginning?: boolean;
  readonly maxMessages?: number;
  readonly keySeparator?: string;
  readonly dataDir: string;
}

/** `sluice consume TOPIC`: prints the values of a topic's records, one a line, as they come. */
export function addConsumeCommand(program: Command): void {
  program
    .command('consume')
    .description("print the values of a topic's records as they come; Ctrl-C ends it")
    .argument('<topic>')
    .option('--from-beginning', 'print what is there already, too')
    .option('--max-messages <number>', 'end after so many records', parseCount)
    .option('--key-separator <text>', 'print the key and this text before each value')
    .addOption(dataDirOption())
    .action(async (topic: string, options: ConsumeCommandOptions) => {
      const restUrl = await fetchServiceUrl(options.dataDir, 'kafka-rest');
      const { fromBeginning = false, maxMessages = Number.POSITIVE_INFINITY, keySeparator } = options;
      const done = new AbortController();
      let left = maxMessages;
      const reading = {
        topic,
        start: fromBeginning ? 'beginning' : 'latest',
        follows: true,
        signal: done.signal,
      } as const;
      await followTopic(createRestTopicReader(restUrl), reading, (_partition, records) => {
        const wanted = records.slice(0, left);
        left -= wanted.length;
        for (const { key, value } of wanted) {
          const before = keySeparator === undefined ? [] : [key ?? nothing, Buffer.from(keySeparator)];
          process.stdout.write(Buffer.concat([...before, value ?? nothing, lineFeed]));
        }
        if (left <= 0) done.abort();
      });
    });
}

const nothing = Buffer.alloc(0);
const lineFeed = Buffer.from('\n');

/** A number from 1. */
export function parseCount(value: string): number {
  if (!/^[1-9]\d{0,11}$/.test(value)) throw new InvalidArgumentError('It must be a number from 1.');
  return Number(value);
}
