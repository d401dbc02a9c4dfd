import { toValueFormat } from '../change/properties.ts';
import { Findings } from '../config/findings.ts';
import { nearestName } from '../config/nearest-name.ts';
import { type PropertyValues, parseConfig } from '../config/parse-config.ts';
import { connectorClasses, matchingConnectorClasses, type Product } from '../config/product.ts';
import { toConverterSettings } from '../converter/properties.ts';
import { checkLeave, dropsRecords, leavesColumnsOut, toFilterSettings } from '../filter/properties.ts';
import type { ConnectionContext } from '../postgres/to-connection-settings.ts';
import { toTargetSettings } from '../postgres/to-target-settings.ts';
import { hidesValues, toTransformSettings, unwrappingSteps } from '../transform/properties.ts';
import type { ConnectorJson, ConnectorPlan } from './connector-plan.ts';
import { toDeploymentOverrides } from './deployment-properties.ts';
import { connectorProperty, toEventSourceSettings, toTopics } from './properties.ts';
import { propertyTable } from './property-table.ts';
import { misplacedReferences } from './secret-problems.ts';

/** A connector's plan, if its configuration has one, and everything found about the configuration. */
export interface PlannedConnector {
  /** Present exactly when `findings` has no error. */
  readonly plan?: ConnectorPlan;
  readonly findings: Findings;
}

/** What a deployment adds to its connectors' plans; see {@link ConnectionContext}. */
export type PlanOptions = ConnectionContext;

/** Validates a connector's JSON and turns it into its plan. Never throws for what a user wrote. */
export function planConnector(json: ConnectorJson, options: PlanOptions = {}): PlannedConnector {
  const findings = new Findings();
  const config = json.name === '' ? json.config : { name: json.name, ...json.config };
  if (config.name !== undefined && config.name !== json.name) {
    findings.error('name', `The connector is called ${json.name}, but its configuration says name=${config.name}.`);
  }
  const product = productOf(config, findings);
  const values = parseConfig(propertyTable, config, product, findings);
  const topics = toTopics(values, findings);
  const valueConverter = toConverterSettings(values, 'value', true, findings);
  const transforms = toTransformSettings(values, findings);
  const filter = toFilterSettings(values, findings);
  const target = toTargetSettings(
    values,
    { ...options, product, topics, filtersColumns: leavesColumnsOut(filter) || hidesValues(transforms) },
    findings,
  );
  if (target !== undefined) {
    const { deleteEnabled, softDelete } = target;
    checkLeave(filter, { deleteEnabled, deletesSoftly: softDelete !== undefined }, findings);
  }
  const keyMode = target?.keyMode;
  // Transforms and filters may read either; which ones do is known only where they run.
  const mayRead = transforms !== undefined || filter.sql !== undefined;
  const keyConverter = toConverterSettings(values, 'key', keyMode === 'record_key' || mayRead, findings);
  const headerConverter = toConverterSettings(values, 'header', keyMode === 'record_header' || mayRead, findings);
  const eventSource = toEventSourceSettings(values, findings);
  for (const { property, message } of misplacedReferences(config)) findings.error(property, message);
  if (toValueFormat(values).format === 'envelope') {
    for (const alias of unwrappingSteps(transforms)) {
      findings.warn(
        'record.format',
        `transforms.${alias} leaves rows, of which record.format=envelope makes dead letters; set record.format=auto.`,
      );
    }
  }
  if (findings.errors.length > 0 || target === undefined) return { findings };
  const plan: ConnectorPlan = {
    name: json.name,
    topics,
    tasksMax: values.get(connectorProperty.tasksMax),
    topology: toTopology(values, dropsRecords(filter)),
    keyConverter,
    valueConverter,
    headerConverter,
    ...(transforms && { transforms }),
    change: {
      ...toValueFormat(values),
      needsBefore: target.deleteEnabled && target.keyMode !== 'record_key' && target.keyMode !== 'record_header',
    },
    filter,
    target,
    eventSource,
    deployment: toDeploymentOverrides(values),
  };
  return { plan, findings };
}

function toTopology(values: PropertyValues, filtered: boolean): ConnectorPlan['topology'] {
  const topology = values.get(connectorProperty.topology) ?? (filtered ? 'chained' : 'direct');
  return topology === 'chained' ? 'chained' : 'direct';
}

function productOf(config: Readonly<Record<string, string>>, findings: Findings): Product {
  const name = config['connector.class']?.trim();
  if (name === undefined || name === '') return 'sluice';
  const classes = matchingConnectorClasses(name);
  const known = connectorClasses.map(({ className }) => className);
  if (classes.length === 0) {
    const nearest = nearestName(name, known);
    findings.error(
      'connector.class',
      `Failed to find any class that implements Connector and which name matches ${name}, available connectors are: ` +
        `${known.join(', ')}.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`,
    );
  }
  if (classes.length > 1) {
    const found = classes.map(({ className }) => className).join(', ');
    findings.error(
      'connector.class',
      `More than one connector matches alias ${name}. Please use full package and class name instead. Classes found: ${found}.`,
    );
  }
  return classes[0]?.product ?? 'sluice';
}
