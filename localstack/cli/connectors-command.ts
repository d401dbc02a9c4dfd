import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { withTargetDatabase } from '../sample/target-database.ts';
import { describeConnectors, describeStatus, type ConnectorStatus } from './connector-text.ts';
import { dataDirOption } from './data-dir-option.ts';
import { requestJson } from './request-json.ts';
import { fetchServiceUrl } from './running-stack.ts';

interface ConnectorOptions {
  readonly dataDir: string;
  readonly json?: boolean;
}

interface CreateOptions extends ConnectorOptions {
  readonly local?: boolean;
  readonly set: Readonly<Record<string, string>>;
}

/** `sluice connectors …`: the Connect REST API from the command line. */
export function addConnectorsCommand(program: Command): void {
  const group = new Command('connectors').description('list, create and control connectors');
  group
    .command('list')
    .description('every connector with its state')
    .option('--json', "print the API's own answer")
    .addOption(dataDirOption())
    .action(async ({ dataDir, json }: ConnectorOptions) => {
      const connectors = await requestJson<Record<string, { status: ConnectorStatus }>>(
        `${await connectorsUrl(dataDir)}?expand=status`,
      );
      const statuses = Object.values(connectors).map(({ status }) => status);
      console.log(json ? JSON.stringify(statuses, undefined, 2) : describeConnectors(statuses));
    });
  group
    .command('create')
    .description("create a connector from Kafka Connect's JSON")
    .argument('<file>', '{"name": …, "config": {…}}')
    .option('--local', "write into the stack's own database, whatever the file says")
    .option('--set <property=value>', 'replace a property; may be repeated', addProperty, {})
    .addOption(dataDirOption())
    .action(async (file: string, options: CreateOptions) => {
      const url = await connectorsUrl(options.dataDir);
      const given = parseConnector(await readFile(file, 'utf8'), file);
      const databaseUrl = options.local ? await fetchServiceUrl(options.dataDir, 'postgres') : undefined;
      const config = databaseUrl === undefined ? given.config : withTargetDatabase(given.config, databaseUrl);
      const body = { name: given.name, config: { ...config, ...options.set } };
      const created = await requestJson<{ name: string }>(url, { method: 'POST', body });
      console.log(`${created.name} created`);
    });
  for (const [verb, past] of [
    ['pause', 'paused'],
    ['resume', 'resumed'],
  ] as const) {
    group
      .command(verb)
      .description(verb === 'pause' ? 'stop reading; where it stands is kept' : 'go on where it stands')
      .argument('<name>')
      .addOption(dataDirOption())
      .action(async (name: string, { dataDir }: ConnectorOptions) => {
        await requestJson(`${await connectorsUrl(dataDir)}/${encodeURIComponent(name)}/${verb}`, { method: 'PUT' });
        console.log(`${name} ${past}`);
      });
  }
  group
    .command('status')
    .description('state of a connector and its tasks')
    .argument('<name>')
    .option('--json', "print the API's own answer")
    .addOption(dataDirOption())
    .action(async (name: string, { dataDir, json }: ConnectorOptions) => {
      const url = `${await connectorsUrl(dataDir)}/${encodeURIComponent(name)}/status`;
      const status = await requestJson<ConnectorStatus>(url);
      console.log(json ? JSON.stringify(status, undefined, 2) : describeStatus(status));
    });
  group
    .command('delete')
    .description('delete a connector; its table and ledger stay')
    .argument('<name>')
    .addOption(dataDirOption())
    .action(async (name: string, { dataDir }: ConnectorOptions) => {
      await requestJson(`${await connectorsUrl(dataDir)}/${encodeURIComponent(name)}`, { method: 'DELETE' });
      console.log(`${name} deleted`);
    });
  program.addCommand(group);
}

async function connectorsUrl(dataDir: string): Promise<string> {
  return `${await fetchServiceUrl(dataDir, 'connect')}/connectors`;
}

function addProperty(value: string, before: Record<string, string>): Record<string, string> {
  const at = value.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must look like property=value.');
  return { ...before, [value.slice(0, at)]: value.slice(at + 1) };
}

/** Also takes a bare configuration that holds its own name, as a properties file does. */
function parseConnector(text: string, file: string): { name: string; config: Record<string, string> } {
  let json: { name?: unknown; config?: unknown };
  try {
    json = JSON.parse(text) as { name?: unknown; config?: unknown };
  } catch {
    // JSON.parse quotes the text in its message, which may hold a password.
    throw new SluiceError('CONFIG_INVALID', `${file} is not JSON.`);
  }
  const config = (json?.config ?? json) as Record<string, string>;
  const name = json?.name ?? config?.name;
  if (typeof name !== 'string' || typeof config !== 'object') {
    throw new SluiceError('CONFIG_INVALID', `${file} must hold {"name": …, "config": {…}}.`);
  }
  return { name, config };
}
