import { type Command, InvalidArgumentError } from 'commander';
import { consumeRecords } from './consume-records.ts';
import { dataDirOption } from './data-dir-option.ts';
import { fetchServiceUrl } from './running-stack.ts';

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
      await consumeRecords({ restUrl, topic, fromBeginning, maxRecords: maxMessages }, ({ key, value }) => {
        if (keySeparator !== undefined)
          process.stdout.write(Buffer.concat([key ?? nothing, Buffer.from(keySeparator)]));
        process.stdout.write(Buffer.concat([value ?? nothing, lineFeed]));
      });
    });
}

const nothing = Buffer.alloc(0);
const lineFeed = Buffer.from('\n');

function parseCount(value: string): number {
  if (!/^[1-9]\d{0,11}$/.test(value)) throw new InvalidArgumentError('It must be a number from 1.');
  return Number(value);
}
