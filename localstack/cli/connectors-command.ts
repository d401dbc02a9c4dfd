import { Command } from 'commander';
import { withTargetDatabase } from '../sample/target-database.ts';
import { type ApiOptions, apiCommand, printAnswer } from './api-command.ts';
import { toConnectUrl } from './connect-url.ts';
import { addProperty, readConnectorFile } from './connector-file.ts';
import { describeConfig, describeConnectors, describeStatus, type ConnectorStatus } from './connector-text.ts';
import { requestJson } from './request-json.ts';
import { fetchServiceUrl } from './running-stack.ts';

interface FileOptions extends ApiOptions {
  readonly local?: boolean;
  readonly set: Readonly<Record<string, string>>;
}

interface ConnectorInfo {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** `sluice connectors …`: the Connect REST API from the command line. */
export function addConnectorsCommand(program: Command): void {
  const group = new Command('connectors').description('list, create, change and control connectors');
  for (const command of [...readCommands(), ...fileCommands(), patchCommand(), ...stateCommands(), restartCommand()]) {
    group.addCommand(command);
  }
  group.addCommand(
    apiCommand('delete', 'delete a connector; its table and ledger stay')
      .argument('<name>')
      .action(async (name: string, options: ApiOptions) => {
        await requestJson(await toConnectUrl(options, 'connectors', name), { method: 'DELETE' });
        printAnswer(options, { name }, `${name} deleted`);
      }),
  );
  program.addCommand(group);
}

function readCommands(): readonly Command[] {
  const list = apiCommand('list', 'every connector with its state').action(async (options: ApiOptions) => {
    const url = `${await toConnectUrl(options, 'connectors')}?expand=status`;
    const connectors = await requestJson<Record<string, { status: ConnectorStatus }>>(url);
    const statuses = Object.values(connectors).map(({ status }) => status);
    printAnswer(options, statuses, describeConnectors(statuses));
  });
  const config = apiCommand('config', 'configuration of a connector; secrets are hidden')
    .argument('<name>')
    .action(async (name: string, options: ApiOptions) => {
      const answer = await requestJson<Record<string, string>>(
        await toConnectUrl(options, 'connectors', name, 'config'),
      );
      printAnswer(options, answer, describeConfig(answer));
    });
  const status = apiCommand('status', 'state of a connector and its tasks')
    .argument('<name>')
    .option('--progress', 'how far every partition is, too')
    .action(async (name: string, options: ApiOptions & { readonly progress?: boolean }) => {
      const query = options.progress ? '?expand=progress' : '';
      const url = `${await toConnectUrl(options, 'connectors', name, 'status')}${query}`;
      const answer = await requestJson<ConnectorStatus>(url);
      printAnswer(options, answer, describeStatus(answer));
    });
  const topics = apiCommand('topics', 'topics of a connector')
    .argument('<name>')
    .action(async (name: string, options: ApiOptions) => {
      const url = await toConnectUrl(options, 'connectors', name, 'topics');
      const answer = await requestJson<Record<string, { readonly topics: readonly string[] }>>(url);
      printAnswer(options, answer, (answer[name]?.topics ?? []).join('\n'));
    });
  return [list, config, status, topics];
}

/** `create` refuses a name that there is, `apply` changes its configuration. */
function fileCommands(): readonly Command[] {
  return (['create', 'apply'] as const).map((verb) =>
    apiCommand(
      verb,
      verb === 'create'
        ? "create a connector from Kafka Connect's JSON"
        : 'create a connector, or replace its configuration',
    )
      .argument('<file>', '{"name": …, "config": {…}}')
      .option('--local', "write into the stack's own database, whatever the file says")
      .option('--set <property=value>', 'replace a property; may be repeated', addProperty, {})
      .action(async (file: string, options: FileOptions) => {
        const given = await readConnectorFile(file);
        const databaseUrl = options.local ? await fetchServiceUrl(options.dataDir, 'postgres') : undefined;
        const base = databaseUrl === undefined ? given.config : withTargetDatabase(given.config, databaseUrl);
        const config = { ...base, ...options.set };
        const request =
          verb === 'create'
            ? ({ method: 'POST', body: { name: given.name, config } } as const)
            : ({ method: 'PUT', body: config } as const);
        const path = verb === 'create' ? ['connectors'] : ['connectors', given.name, 'config'];
        const answer = await requestJson<ConnectorInfo>(await toConnectUrl(options, ...path), { ...request, warn });
        printAnswer(options, answer, `${answer.name} ${verb === 'create' ? 'created' : 'applied'}`);
      }),
  );
}

function warn(text: string): void {
  console.error(`warning: ${text}.`);
}

function patchCommand(): Command {
  return apiCommand('patch', 'change some properties of a connector')
    .argument('<name>')
    .option('--set <property=value>', 'set a property; may be repeated', addProperty, {})
    .option('--unset <property...>', 'remove properties')
    .action(async (name: string, options: FileOptions & { readonly unset?: readonly string[] }) => {
      const body = { ...options.set, ...Object.fromEntries((options.unset ?? []).map((property) => [property, null])) };
      const url = await toConnectUrl(options, 'connectors', name, 'config');
      const answer = await requestJson<ConnectorInfo>(url, { method: 'PATCH', body, warn });
      printAnswer(options, answer, `${answer.name} changed`);
    });
}

const states = {
  pause: { past: 'paused', description: 'stop reading; where it stands is kept' },
  resume: { past: 'resumed', description: 'go on where it stands' },
  stop: { past: 'stopped', description: 'stop reading and give up the tasks, so that offsets can be moved' },
} as const;

function stateCommands(): readonly Command[] {
  return Object.entries(states).map(([verb, { past, description }]) =>
    apiCommand(verb, description)
      .argument('<name>')
      .action(async (name: string, options: ApiOptions) => {
        await requestJson(await toConnectUrl(options, 'connectors', name, verb), { method: 'PUT' });
        printAnswer(options, { name }, `${name} ${past}`);
      }),
  );
}

interface RestartOptions extends ApiOptions {
  readonly onlyFailed?: boolean;
  readonly task?: string;
}

function restartCommand(): Command {
  return apiCommand('restart', 'run the tasks of a connector in fresh processes')
    .argument('<name>')
    .option('--only-failed', 'only tasks that failed')
    .option('--task <number>', 'only this task')
    .action(async (name: string, options: RestartOptions) => {
      const { task, onlyFailed = false } = options;
      const path = task === undefined ? ['restart'] : ['tasks', task, 'restart'];
      const query = task === undefined ? `?includeTasks=true&onlyFailed=${onlyFailed}` : '';
      const url = `${await toConnectUrl(options, 'connectors', name, ...path)}${query}`;
      const answer = await requestJson<ConnectorStatus | undefined>(url, { method: 'POST' });
      printAnswer(options, answer, answer === undefined ? `${name} restarted` : describeStatus(answer));
    });
}
