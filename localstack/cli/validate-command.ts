import type { Command } from 'commander';
import { type ApiOptions, apiCommand, printAnswer } from './api-command.ts';
import { toConnectUrl } from './connect-url.ts';
import { addProperty, type ConnectorFile, readConnectorFile } from './connector-file.ts';
import { requestJson } from './request-json.ts';
import { toTextTable } from './text-table.ts';

/** Exit code of a command that did its work and found problems. */
export const problemsExitCode = 2;

interface ValidateOptions extends ApiOptions {
  readonly set: Readonly<Record<string, string>>;
  readonly offline?: boolean;
}

/** The parts of Kafka Connect's answer to a validation, and of a dry run, that are printed. */
interface Validation {
  readonly error_count: number;
  readonly configs: readonly { readonly value: { readonly name: string; readonly errors: readonly string[] } }[];
  readonly dry_run?: {
    readonly server?: { readonly version: string; readonly user: string; readonly isEncrypted: boolean };
    readonly tables: readonly { readonly topic: string; readonly problems: readonly unknown[] }[];
    readonly warnings: readonly { readonly property: string; readonly message: string }[];
  };
}

/** `sluice validate FILE`: what is wrong with a connector before it is made. */
export function addValidateCommand(program: Command): void {
  program.addCommand(
    apiCommand('validate', 'check a connector, and the database that it would write to; ends with 2 when it is wrong')
      .argument('<file>', '{"name": …, "config": {…}}')
      .option('--set <property=value>', 'replace a property; may be repeated', addProperty, {})
      .option('--offline', 'without connecting to the database')
      .action(async (file: string, options: ValidateOptions) => {
        const answer = await validateFile(await readConnectorFile(file), options);
        printAnswer(options, answer, describeValidation(answer));
        if (answer.error_count > 0) process.exitCode = problemsExitCode;
      }),
  );
}

async function validateFile({ name, config }: ConnectorFile, options: ValidateOptions): Promise<Validation> {
  const body = { ...config, ...options.set, name };
  const plugin = (body as Readonly<Record<string, string>>)['connector.class'] ?? 'io.sluice.SluiceSinkConnector';
  const url = await toConnectUrl(options, 'connector-plugins', plugin, 'config', 'validate');
  return requestJson<Validation>(`${url}?dryRun=${options.offline !== true}`, { method: 'PUT', body });
}

function describeValidation({ error_count, configs, dry_run }: Validation): string {
  const rows = configs.flatMap(({ value }) => value.errors.map((error) => [value.name, error]));
  const columns = ['property', 'error'].map((name) => ({ name, align: 'left' as const }));
  const server =
    dry_run?.server === undefined
      ? []
      : [
          `PostgreSQL ${dry_run.server.version} as ${dry_run.server.user}` +
            (dry_run.server.isEncrypted ? ', encrypted' : ', not encrypted'),
        ];
  const tables = (dry_run?.tables ?? []).map(
    ({ topic, problems }) => `${topic}: ${problems.length === 0 ? 'its table fits' : `${problems.length} problem(s)`}`,
  );
  const warnings = (dry_run?.warnings ?? []).map(({ message }) => `warning: ${message}`);
  const verdict = error_count === 0 ? ['valid'] : [toTextTable(columns, rows)];
  return [...verdict, ...server, ...tables, ...warnings].join('\n');
}
