import { SluiceError } from '../errors/sluice-error.ts';
import type { ConnectorJson, ConnectorPlan } from './connector-plan.ts';
import { type PlanOptions, planConnector } from './plan-connector.ts';

/**
 * The validated plan of a connector's JSON.
 *
 * @throws SluiceError `CONFIG_INVALID`; its message lists every problem, one a line, and holds no password
 */
export function toConnectorPlan(json: ConnectorJson, options: PlanOptions = {}): ConnectorPlan {
  const { plan, findings } = planConnector(json, options);
  if (plan) return plan;
  const problems = findings.errors.map(({ message }) => message).join('\n');
  throw new SluiceError(
    'CONFIG_INVALID',
    `The configuration of the connector ${json.name} has ${findings.errors.length} problem(s):\n${problems}`,
  );
}
