import type { ConnectorPlan } from '../shared/connector/connector-plan.ts';
import { connectorProperty } from '../shared/connector/properties.ts';
import { consumerGroupId, maxConsumerGroupIdLength } from '../shared/contract/resource-name.ts';
import type { MappingDeployment } from './connector-deployment.ts';
import type { DeploymentSettings, ReadingSettings } from './settings.ts';

/** The mapping of one topic; what a connector's own `config` says wins over the parameters. Problems go to `error`. */
export function planMapping(
  plan: ConnectorPlan,
  topic: string,
  config: Readonly<Record<string, string>>,
  { stage, kafka, reading }: DeploymentSettings,
  error: (message: string) => void,
): MappingDeployment {
  const { batchingWindowSeconds: windowOverride, generation = kafka.generation } = plan.deployment;
  const group = kafka.takeover
    ? (kafka.consumerGroupId ?? `connect-${plan.name}`)
    : (kafka.consumerGroupId ?? consumerGroupId(stage, plan.name, topic, generation));
  if (group.length > maxConsumerGroupIdLength || !/^[\w./:+=@-]+$/.test(group)) {
    error(
      `the consumer group of ${topic} would be ${group}, but at most ${maxConsumerGroupIdLength} characters of ` +
        'letters, digits and - / : _ + = . @ are allowed.',
    );
  }
  if (windowOverride !== undefined && reading.pollers === undefined && !reading.lastingWindow) {
    error(
      'aws.batching.window.seconds needs provisionedPollers or lastingWindow=true: a mapping never gets the 500 ms back.',
    );
  }
  if (reading.onFailure === `kafka://${topic}`) error(`onFailure must be another topic than ${topic}, which it reads.`);
  const windowSeconds = windowOverride ?? reading.windowSeconds;
  const pollers = planPollers(plan, reading, error);
  const setsBatchSize = [connectorProperty.batchSize, connectorProperty.maxPollRecords].some(
    ({ name }) => name in config,
  );
  const setsStart = connectorProperty.autoOffsetReset.name in config;
  return {
    topic,
    consumerGroupId: group,
    batchSize: setsBatchSize ? plan.eventSource.batchSize : (reading.batchSize ?? plan.eventSource.batchSize),
    start: setsStart ? plan.eventSource.startingPosition : reading.start,
    ...(windowSeconds !== undefined && { windowSeconds }),
    ...(pollers && { pollers }),
  };
}

function planPollers(
  { deployment }: ConnectorPlan,
  { pollers }: ReadingSettings,
  error: (message: string) => void,
): MappingDeployment['pollers'] {
  const { minimumPollers, maximumPollers } = deployment;
  if (pollers === undefined) {
    if (minimumPollers ?? maximumPollers) error('aws.pollers.* need provisionedPollers.');
    return undefined;
  }
  const [minimum, maximum] = [minimumPollers ?? pollers.minimum, maximumPollers ?? pollers.maximum];
  if (minimum > maximum) error('aws.pollers.minimum is above the most pollers of a mapping.');
  return { ...pollers, minimum, maximum };
}
