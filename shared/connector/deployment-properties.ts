import type { PropertyValues } from '../config/parse-config.ts';
import { honoured } from '../config/property.ts';
import { between } from '../config/validators.ts';

const group = 'Deployment';

/** Longest timeout of a function that a Kafka event source mapping invokes, below Lambda's own 15 minutes. */
export const maxTimeoutSeconds = 840;

/** Why a timeout cannot be; undefined when it can. */
export function timeoutProblem(seconds: number, minimum: number): string | undefined {
  if (seconds > maxTimeoutSeconds)
    return `A Kafka event source mapping allows 14 minutes (${maxTimeoutSeconds} s), not 15`;
  return between(minimum)(seconds);
}

/** Range of a function's memory (AWS Lambda, `MemorySize`). */
export const memoryRangeMb = { minimum: 128, maximum: 10_240 } as const;

/** Properties by which one connector differs from its deployment. */
export const deploymentProperty = {
  memorySize: honoured({
    name: 'aws.memory.size',
    type: 'INT',
    group,
    documentation: "Memory of the connector's functions in MB. Default: that of the deployment.",
    validate: between(memoryRangeMb.minimum, memoryRangeMb.maximum),
  }),
  timeoutSeconds: honoured({
    name: 'aws.timeout.seconds',
    type: 'INT',
    group,
    documentation:
      'Timeout of the function that reads the topics, at most 840: a Kafka mapping allows 14 minutes, not 15. Default: ' +
      'that of the deployment.',
    validate: (seconds) => timeoutProblem(seconds, 1),
  }),
  batchingWindowSeconds: honoured({
    name: 'aws.batching.window.seconds',
    type: 'INT',
    group,
    documentation: 'Longest wait for a full batch. Default: that of the deployment.',
    validate: between(0, 300),
  }),
  minimumPollers: honoured({
    name: 'aws.pollers.minimum',
    type: 'INT',
    group,
    documentation: 'Fewest provisioned pollers of each topic, where the deployment has provisioned pollers.',
    validate: between(1, 200),
  }),
  maximumPollers: honoured({
    name: 'aws.pollers.maximum',
    type: 'INT',
    group,
    documentation: 'Most provisioned pollers of each topic, where the deployment has provisioned pollers.',
    validate: between(1, 2_000),
  }),
  roleArn: honoured({
    name: 'aws.role.arn',
    type: 'STRING',
    group,
    documentation:
      "Role of the connector's functions, when REST makes it: one of those that the stack lists. Default: that of the " +
      'deployment.',
    validate: (arn) => (/^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(arn) ? undefined : 'The ARN of a role is needed'),
  }),
  generation: honoured({
    name: 'aws.generation',
    type: 'INT',
    group,
    documentation: 'Raised by one it gives the mappings new consumer groups, which read their topics anew.',
    validate: between(0, 9_999),
  }),
} as const;

/** Where one connector differs from its deployment; a member that is absent is the deployment's. */
export interface DeploymentOverrides {
  readonly memorySizeMb?: number;
  /** Timeout of the function that reads the topics. */
  readonly timeoutSeconds?: number;
  readonly batchingWindowSeconds?: number;
  readonly minimumPollers?: number;
  readonly maximumPollers?: number;
  /** Role of the functions. */
  readonly roleArn?: string;
  /** Generation of the consumer groups. */
  readonly generation?: number;
}

/** The overrides that a configuration sets. */
export function toDeploymentOverrides(values: PropertyValues): DeploymentOverrides {
  const given = {
    memorySizeMb: values.get(deploymentProperty.memorySize),
    timeoutSeconds: values.get(deploymentProperty.timeoutSeconds),
    batchingWindowSeconds: values.get(deploymentProperty.batchingWindowSeconds),
    minimumPollers: values.get(deploymentProperty.minimumPollers),
    maximumPollers: values.get(deploymentProperty.maximumPollers),
    roleArn: values.get(deploymentProperty.roleArn),
    generation: values.get(deploymentProperty.generation),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
