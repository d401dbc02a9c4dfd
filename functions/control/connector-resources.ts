import type {
  CreateEventSourceMappingCommandInput,
  CreateFunctionCommandInput,
  SourceAccessType,
  UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { environmentVariable } from '../../shared/contract/environment-variable.ts';
import { chainedSinkTimeout } from '../../shared/contract/function-timeout.ts';
import {
  consumerGroupId,
  type FunctionRole,
  functionName,
  liveAlias,
  stageFunctionName,
  tagName,
} from '../../shared/contract/resource-name.ts';
import type { CheckedConnector } from './check-connector.ts';

/** What functions of a deployment have in common, whatever their role. */
function toCommonInput(defaults: DeploymentDefaults) {
  return {
    Runtime: 'nodejs24.x' as const,
    Role: defaults.roleArn,
    Architectures: [defaults.architecture],
    ...(defaults.logGroup !== undefined && {
      LoggingConfig: {
        LogFormat: 'JSON' as const,
        ApplicationLogLevel: 'INFO' as const,
        // The platform's own lines would cost more than the batches of a busy connector.
        SystemLogLevel: 'WARN' as const,
        LogGroup: defaults.logGroup,
      },
    }),
    ...(defaults.encryptionKeyArn !== undefined && { KMSKeyArn: defaults.encryptionKeyArn }),
  };
}

/** Network of the functions that reach the database. */
function toNetworkInput({ network }: DeploymentDefaults) {
  if (network === undefined) return {};
  return { VpcConfig: { SubnetIds: [...network.subnetIds], SecurityGroupIds: [...network.securityGroupIds] } };
}

/** The stage's admin function, which has no connector: a stack makes it, and where there is no stack, the first who needs it. */
export function toStageAdminInput(defaults: DeploymentDefaults): CreateFunctionCommandInput {
  return {
    ...toCommonInput(defaults),
    FunctionName: stageFunctionName(defaults.stage, 'admin'),
    Handler: 'admin.handler',
    Code: { ...defaults.code.sink },
    MemorySize: defaults.memorySizeMb,
    Timeout: defaults.timeoutSeconds,
    ...toNetworkInput(defaults),
    Environment: { Variables: { ...defaults.variables } },
    Tags: { [tagName.stage]: defaults.stage },
  };
}

/** The role whose function the event source mappings invoke. */
export function readerRole(plan: ConnectorPlan): 'sink' | 'filter' {
  return plan.topology === 'chained' ? 'filter' : 'sink';
}

/** The function of a connector in one role, with all that its environment needs. */
export function toFunctionInput(
  { plan, variable }: CheckedConnector,
  role: FunctionRole,
  defaults: DeploymentDefaults,
): CreateFunctionCommandInput {
  const chainedSink = plan.topology === 'chained' && role === 'sink';
  const timeoutSeconds = plan.deployment.timeoutSeconds ?? defaults.timeoutSeconds;
  return {
    ...toCommonInput(defaults),
    ...(plan.deployment.roleArn !== undefined && { Role: plan.deployment.roleArn }),
    FunctionName: functionName(defaults.stage, plan.name, role),
    Handler: role === 'admin' ? 'admin.handler' : 'index.handler',
    Code: { ...defaults.code[role === 'filter' ? 'filter' : 'sink'] },
    MemorySize: plan.deployment.memorySizeMb ?? defaults.memorySizeMb,
    // The filter reaches nothing but the sink, which a function inside a VPC could not without a gateway.
    ...(role !== 'filter' && toNetworkInput(defaults)),
    Timeout: chainedSink ? chainedSinkTimeout(timeoutSeconds) : timeoutSeconds,
    Environment: {
      Variables: {
        ...defaults.variables,
        [environmentVariable.connector]: variable,
        [environmentVariable.stage]: defaults.stage,
        [environmentVariable.sourceId]: plan.eventSource.sourceId ?? defaults.sourceId,
        [environmentVariable.reportsBatchItemFailures]: String(reportsBatchItemFailures(defaults)),
        ...(role === 'filter' && {
          [environmentVariable.sinkFunction]: `${functionName(defaults.stage, plan.name, 'sink')}:${liveAlias}`,
        }),
      },
    },
    Tags: { [tagName.connector]: plan.name, [tagName.stage]: defaults.stage, [tagName.role]: role },
  };
}

type MappingSettings = Omit<UpdateEventSourceMappingCommandInput, 'UUID' | 'FunctionName'> & {
  readonly FunctionName: string;
};

/** Settings of a mapping that may change while it lives. */
export function toMappingSettings(plan: ConnectorPlan, defaults: DeploymentDefaults): MappingSettings {
  const pollers = defaults.provisionedPollers;
  const { minimumPollers, maximumPollers } = plan.deployment;
  const windowSeconds = plan.deployment.batchingWindowSeconds ?? defaults.maximumBatchingWindowSeconds;
  return {
    FunctionName: `${functionName(defaults.stage, plan.name, readerRole(plan))}:${liveAlias}`,
    BatchSize: plan.eventSource.batchSize,
    ...(windowSeconds !== undefined && { MaximumBatchingWindowInSeconds: windowSeconds }),
    ...(pollers && {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ProvisionedPollerConfig: {
        MinimumPollers: minimumPollers ?? Math.min(pollers.minimum, plan.tasksMax),
        MaximumPollers: maximumPollers ?? Math.min(pollers.maximum, plan.tasksMax),
        ...(pollers.group !== undefined && { PollerGroupName: pollers.group }),
      },
    }),
  };
}

/** The event source mapping of one topic, by the consumer group of a generation. */
export function toMappingInput(
  plan: ConnectorPlan,
  topic: string,
  defaults: DeploymentDefaults,
  generation: number = plan.deployment.generation ?? 0,
): CreateEventSourceMappingCommandInput {
  const consumerGroup = { ConsumerGroupId: consumerGroupId(defaults.stage, plan.name, topic, generation) };
  const cluster =
    defaults.clusterArn === undefined
      ? {
          SelfManagedEventSource: {
            Endpoints: { KAFKA_BOOTSTRAP_SERVERS: [...(defaults.bootstrapServers ?? [])] },
          },
          SelfManagedKafkaEventSourceConfig: consumerGroup,
        }
      : { EventSourceArn: defaults.clusterArn, AmazonManagedKafkaEventSourceConfig: consumerGroup };
  return {
    ...toMappingSettings(plan, defaults),
    ...cluster,
    ...(defaults.sourceAccess && {
      SourceAccessConfigurations: defaults.sourceAccess.map(({ Type, URI }) => ({
        Type: Type as SourceAccessType,
        URI,
      })),
    }),
    Topics: [topic],
    StartingPosition: plan.eventSource.startingPosition,
    Tags: { [tagName.connector]: plan.name, [tagName.stage]: defaults.stage },
  };
}

/** Partial batch responses need provisioned pollers; without them Lambda would take a partial answer for success. */
function reportsBatchItemFailures(defaults: DeploymentDefaults): boolean {
  return defaults.provisionedPollers !== undefined;
}
