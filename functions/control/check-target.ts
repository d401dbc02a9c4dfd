import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { AdminAnswers, AdminCall, ConnectorCheck, ConnectorPreview } from '../../shared/connector/admin-call.ts';
import type { ConnectorJson } from '../../shared/connector/connector-plan.ts';
import type { ConfigInfos } from '../../shared/connector/validate-connector.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { askStageAdmin } from './ask-admin.ts';
import { toStageAdminInput } from './connector-resources.ts';
import { createFunction, waitUntilSettled } from './function-changes.ts';
import { isResourceMissing } from './rest-error.ts';

/** Connect's answer to a validation, and what the dry run found. */
export type CheckedInfos = ConfigInfos & { readonly dry_run: ConnectorCheck };

/**
 * A dry run: connects to the target database as the connector would, and looks at the table of each topic. Nothing is
 * written. What is wrong stands among the errors of the property that it belongs to, as in any validation.
 */
export async function checkTarget(
  client: LambdaClient,
  infos: ConfigInfos,
  connector: ConnectorJson,
  defaults: DeploymentDefaults,
): Promise<CheckedInfos> {
  const check = await askOrCreate(client, { call: 'validate', connector }, defaults);
  const found = [
    ...check.problems,
    ...check.tables.flatMap(({ topic, problems }) =>
      problems.map(({ code, message }) => ({ property: 'topics', message: `${topic}: ${code}: ${message}` })),
    ),
  ];
  const errorsOf = Map.groupBy(found, ({ property }) => property);
  return {
    ...infos,
    error_count: infos.error_count + found.length,
    configs: infos.configs.map(({ definition, value }) => {
      const more = errorsOf.get(value.name) ?? [];
      return { definition, value: { ...value, errors: [...value.errors, ...more.map(({ message }) => message)] } };
    }),
    dry_run: check,
  };
}

/** What would become of records; nothing is written. @throws RestError as the admin function's own errors */
export function previewTarget(
  client: LambdaClient,
  call: AdminCall & { readonly call: 'preview' },
  defaults: DeploymentDefaults,
): Promise<ConnectorPreview> {
  return askOrCreate(client, call, defaults);
}

async function askOrCreate<Call extends AdminCall & { readonly call: 'validate' | 'preview' }>(
  client: LambdaClient,
  call: Call,
  defaults: DeploymentDefaults,
): Promise<AdminAnswers[Call['call']]> {
  const ask = () => askStageAdmin(client, defaults.stage, call);
  try {
    return await ask();
  } catch (error) {
    if (!isResourceMissing((error as Error).cause)) throw error;
    await waitUntilSettled(client, await createFunction(client, toStageAdminInput(defaults)));
    return ask();
  }
}
