import { type Command, InvalidArgumentError } from 'commander';
import type { ConnectorPreview, PreviewedRecord } from '../../shared/connector/admin-call.ts';
import { withTargetDatabase } from '../sample/target-database.ts';
import { type ApiOptions, apiCommand, printAnswer } from './api-command.ts';
import { toConnectUrl } from './connect-url.ts';
import { addProperty, readConnectorFile } from './connector-file.ts';
import { requestJson } from './request-json.ts';
import { fetchServiceUrl } from './running-stack.ts';
import { problemsExitCode } from './validate-command.ts';

interface DryRunOptions extends ApiOptions {
  readonly from: string;
  readonly limit: number;
  readonly local?: boolean;
  readonly set: Readonly<Record<string, string>>;
}

/** `sluice dry-run FILE --from TOPIC`: what a connector would make of records that are in a topic. */
export function addDryRunCommand(program: Command): void {
  program.addCommand(
    apiCommand('dry-run', 'tell what a connector would do with records of a topic, and write nothing')
      .argument('<file>', '{"name": …, "config": {…}}')
      .requiredOption('--from <topic>', 'topic of the local stack whose first records are taken')
      .option('--limit <number>', 'at most so many, up to 100', toLimit, 10)
      .option('--local', "as if it wrote into the stack's own database")
      .option('--set <property=value>', 'replace a property; may be repeated', addProperty, {})
      .action(async (file: string, options: DryRunOptions) => {
        const { name, config: given } = await readConnectorFile(file);
        const databaseUrl = options.local ? await fetchServiceUrl(options.dataDir, 'postgres') : undefined;
        const base = databaseUrl === undefined ? given : withTargetDatabase(given, databaseUrl);
        const config = { ...base, ...options.set, name };
        const records = await readRecords(options);
        const plugin = (config as Readonly<Record<string, string>>)['connector.class'] ?? 'SluiceSinkConnector';
        const url = await toConnectUrl(options, 'connector-plugins', plugin, 'config', 'preview');
        const answer: ConnectorPreview =
          records.length === 0
            ? { records: [] }
            : await requestJson(url, { method: 'POST', body: { config, records } });
        printAnswer(options, answer, describePreview(answer));
        if (answer.records.some(({ code }) => code !== undefined)) process.exitCode = problemsExitCode;
      }),
  );
}

/** The first records of the topic that are there, partition by partition; none is waited for. */
async function readRecords({ dataDir, from, limit }: DryRunOptions): Promise<readonly PreviewedRecord[]> {
  const topicUrl = `${await fetchServiceUrl(dataDir, 'kafka-rest')}/topics/${encodeURIComponent(from)}/partitions`;
  const records: PreviewedRecord[] = [];
  for (const { partition } of await requestJson<{ partition: number }[]>(topicUrl)) {
    const partitionUrl = `${topicUrl}/${partition}`;
    const { beginning_offset: beginning, end_offset: end } = await requestJson<{
      readonly beginning_offset: number;
      readonly end_offset: number;
    }>(`${partitionUrl}/offsets`);
    const count = Math.min(limit - records.length, end - beginning);
    if (count <= 0) continue;
    const found = await requestJson<Pick<PreviewedRecord, 'offset' | 'key' | 'value'>[]>(
      `${partitionUrl}/records?offset=${beginning}&count=${count}`,
    );
    records.push(...found.map(({ offset, key, value }) => ({ topic: from, partition, offset, key, value })));
  }
  return records.slice(0, limit);
}

function describePreview({ records }: ConnectorPreview): string {
  if (records.length === 0) return 'the topic is empty';
  return records
    .flatMap(({ topic, partition, offset, verdict, code, message, statements }) => [
      `${topic}:${partition}:${offset} ${verdict}${code === undefined ? '' : `, ${code}: ${message}`}`,
      ...statements.flatMap(({ sql, parameters }) => [
        `  ${sql.replace(/\s+/g, ' ').trim()}`,
        `  ${JSON.stringify(parameters)}`,
      ]),
    ])
    .join('\n');
}

function toLimit(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 100)
    throw new InvalidArgumentError('It must be from 1 to 100.');
  return number;
}
