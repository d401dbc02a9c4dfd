/** The parts of a mapping, or of a request for one, that depend on how its event pollers scale. */
export interface ScalingFields {
  readonly ProvisionedPollerConfig?: unknown;
  readonly DestinationConfig?: unknown;
  readonly SelfManagedKafkaEventSourceConfig?: unknown;
  readonly AmazonManagedKafkaEventSourceConfig?: unknown;
}

/** Controls that only provisioned event pollers have, with the value that asks for nothing. */
const provisionedControls = {
  MaximumRetryAttempts: -1,
  MaximumRecordAgeInSeconds: -1,
  BisectBatchOnFunctionError: false,
  FunctionResponseTypes: [],
  LoggingConfig: {},
} as const;

/**
 * True in provisioned mode, false in on-demand mode, which is the default; an empty `ProvisionedPollerConfig` turns
 * provisioned mode off.
 *
 * Source: AWS Lambda developer guide, "Apache Kafka event poller scaling modes in Lambda".
 */
export function isProvisioned({ ProvisionedPollerConfig: config }: ScalingFields): boolean {
  return Object.values((config ?? {}) as object).some((value) => value !== undefined && value !== null);
}

/**
 * Lambda's sentence about the first parameter that an on-demand Kafka mapping does not have: the error handling
 * controls, a Kafka topic as on-failure destination, a schema registry, logs; undefined when there is none.
 *
 * Lambda's guide offers these in provisioned mode only. Whether it refuses or ignores them elsewhere it does not say; a
 * control that is ignored, most of all partial batch responses, loses records, so here it is refused, in the words that
 * Lambda has for a parameter that an event source does not take. Source: AWS Lambda developer guide, "Configuring error
 * handling controls for Kafka event sources"; aws/aws-cdk issues 17934 and 19917.
 *
 * @param allowsNeutral whether a control may be there with the value that asks for nothing, as in an update that turns
 * provisioned mode off
 */
export function findOnDemandConflict(fields: ScalingFields, allowsNeutral: boolean): string | undefined {
  if (isProvisioned(fields)) return undefined;
  const given = fields as Readonly<Record<string, unknown>>;
  const isAsked = (value: unknown, neutral: unknown) =>
    value !== undefined && value !== null && !(allowsNeutral && JSON.stringify(value) === JSON.stringify(neutral));
  for (const [name, neutral] of Object.entries(provisionedControls)) {
    if (isAsked(given[name], neutral)) return unsupported(name);
  }
  const { OnFailure } = (fields.DestinationConfig ?? {}) as { OnFailure?: { Destination?: unknown } };
  if (String(OnFailure?.Destination ?? '').startsWith('kafka://')) return unsupported('DestinationConfig');
  const configs = [fields.SelfManagedKafkaEventSourceConfig, fields.AmazonManagedKafkaEventSourceConfig];
  const hasRegistry = configs.some((config) => (config as { SchemaRegistryConfig?: unknown })?.SchemaRegistryConfig);
  return hasRegistry ? unsupported('SchemaRegistryConfig') : undefined;
}

function unsupported(name: string): string {
  const parameter = `${name[0]!.toLowerCase()}${name.slice(1)}`;
  return `Unsupported '${parameter}' parameter for given event source mapping type. It needs ProvisionedPollerConfig.`;
}
