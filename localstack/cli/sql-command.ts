import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { addClusterOptions, type ClusterOptions, toClusterSettings } from './broker-options.ts';
import { addProperty } from './connector-file.ts';
import { parseCount } from './consume-command.ts';
import { dataDirOption } from './data-dir-option.ts';
import { toFollowStart } from './follow-start.ts';
import { fetchServiceUrl } from './running-stack.ts';
import { problemsExitCode } from './validate-command.ts';
import type { FollowStart } from '../topic-query/follow-topic.ts';
import { type RowFormat, rowFormats } from '../topic-query/row-printer.ts';
import type { ReadingOptions } from '../topic-query/plan-query.ts';
import type { TopicReader } from '../services/topic-log.ts';

interface SqlOptions extends ReadingOptions, ClusterOptions {
  readonly topic?: string;
  readonly from?: FollowStart;
  readonly follow: boolean;
  readonly limit?: number;
  readonly format: RowFormat;
  readonly dataDir: string;
}

/** `sluice sql SELECT`: the rows that a query finds in a topic, as records come. */
export function addSqlCommand(program: Command): void {
  const command = program
    .command('sql')
    .description('run a SELECT over the records of a topic, as filter.sql does, and print rows as they come')
    .argument('<select>', 'SELECT … FROM TOPIC WHERE …')
    .option('--from <where>', 'beginning, latest, or a time: ISO 8601 or milliseconds (default: latest)', toFollowStart)
    .option('--no-follow', 'end at what is there now; begins at the beginning unless --from says otherwise')
    .option('--limit <number>', 'end after so many rows', parseCount)
    .addOption(new Option('--format <form>', 'how rows are printed').choices(rowFormats).default('table'))
    .option('--topic <topic>', 'topic to read, where FROM names one of its tables')
    .option(
      '--value-converter <class>',
      "as a connector's value.converter: Json, Avro, Protobuf, JsonSchema, String, …",
    )
    .option('--key-converter <class>', 'likewise, for a query that reads __key')
    .option('--schema-registry <url>', "URL of the schema registry (default: the stack's own)")
    .option('--set <property=value>', 'any property of the converters, record.format or col.types', addProperty, {});
  addClusterOptions(command).addOption(dataDirOption()).action(runSql);
}

async function runSql(sql: string, options: SqlOptions): Promise<void> {
  const { dataDir, follow: follows } = options;
  // The engine, and the Kafka client, cost commands that do not use them as much as everything else that they load.
  const [{ planQuery }, { TopicQuery }, { chooseTopic }, { printQuery }] = await Promise.all([
    import('../topic-query/plan-query.ts'),
    import('../topic-query/topic-query.ts'),
    import('../topic-query/choose-topic.ts'),
    import('../topic-query/print-query.ts'),
  ]);
  const { createConverterPorts } = await import('../../shared/converter/converter-ports.ts');
  const { createLoginReader } = await import('../../shared/postgres/login-reader.ts');
  const plan = await planQuery(sql, options, () => fetchServiceUrl(dataDir, 'schema-registry'));
  const ports = createConverterPorts(process.env, createLoginReader(process.env, Date.now), Date.now);
  const query = await TopicQuery.open(plan, ports);
  const ending = new AbortController();
  // Ctrl-C is how a query that follows is ended.
  process.once('SIGINT', () => ending.abort());
  const { reader, close } = await openReader(options);
  try {
    const names = (await reader.topics()).map(({ name }) => name);
    const problems = await printQuery(reader, query, {
      topic: options.topic ?? chooseTopic(query.table, names),
      start: options.from ?? (follows ? 'latest' : 'beginning'),
      follows,
      limit: options.limit ?? Number.POSITIVE_INFINITY,
      format: options.format,
      signal: ending.signal,
      write: async (text) => {
        if (!process.stdout.write(text)) await once(process.stdout, 'drain');
      },
      warn: (line) => console.error(line),
    });
    if (problems > 0) process.exitCode = problemsExitCode;
  } finally {
    await close();
  }
}

async function openReader(
  options: SqlOptions,
): Promise<{ readonly reader: TopicReader; readonly close: () => Promise<void> }> {
  const settings = toClusterSettings(options);
  if (settings === undefined) {
    const { createRestTopicReader } = await import('../topic-query/rest-topic-reader.ts');
    const restUrl = await fetchServiceUrl(options.dataDir, 'kafka-rest');
    return { reader: createRestTopicReader(restUrl), close: async () => {} };
  }
  const { openKafkaBroker } = await import('../services/kafka-broker.ts');
  const broker = await openKafkaBroker(settings);
  return { reader: broker.log, close: () => broker.stop() };
}
