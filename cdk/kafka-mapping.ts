import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { tagName } from '../shared/contract/resource-name.ts';
import type { MappingDeployment } from './connector-deployment.ts';
import type { SourceAccess } from './kafka-access.ts';
import type { KafkaSettings, ReadingSettings } from './settings.ts';

/** What {@link KafkaMapping} needs. */
export interface KafkaMappingProps {
  /** ARN of the alias that is invoked. */
  readonly targetArn: string;
  readonly mapping: MappingDeployment;
  readonly kafka: KafkaSettings;
  readonly sourceAccess: readonly SourceAccess[];
  readonly reading: ReadingSettings;
  readonly connector: string;
  readonly stage: string;
}

/**
 * The event source mapping of one topic, for every kind of cluster and login; the CDK's own constructs cannot express
 * all of them.
 *
 * Its logical id depends on connector and topic alone, and its consumer group is fixed: when something changes that
 * Lambda cannot change in place (brokers, login by another cluster, starting position), CloudFormation would make a
 * second mapping with the same group, which Lambda refuses. So such a deploy fails and changes nothing, instead of
 * reading the topic from the start unnoticed; `generation` makes it possible on purpose.
 *
 * `Enabled` is never set: a deploy must not start what somebody paused.
 */
export class KafkaMapping extends Construct {
  constructor(scope: Construct, id: string, props: KafkaMappingProps) {
    super(scope, id);
    const { mapping, kafka, reading, sourceAccess } = props;
    const group = { consumerGroupId: mapping.consumerGroupId };
    const { pollers } = mapping;
    new CfnEventSourceMapping(this, 'Resource', {
      functionName: props.targetArn,
      topics: [mapping.topic],
      batchSize: mapping.batchSize,
      ...(kafka.clusterArn !== undefined
        ? { eventSourceArn: kafka.clusterArn, amazonManagedKafkaEventSourceConfig: group }
        : {
            selfManagedEventSource: { endpoints: { kafkaBootstrapServers: [...(kafka.bootstrapServers ?? [])] } },
            selfManagedKafkaEventSourceConfig: group,
          }),
      ...(sourceAccess.length > 0 && { sourceAccessConfigurations: sourceAccess.map((access) => ({ ...access })) }),
      ...toStart(mapping.start),
      ...(mapping.windowSeconds !== undefined && { maximumBatchingWindowInSeconds: mapping.windowSeconds }),
      ...(reading.onFailure !== undefined && {
        destinationConfig: { onFailure: { destination: reading.onFailure } },
      }),
      ...(pollers && {
        provisionedPollerConfig: {
          minimumPollers: pollers.minimum,
          maximumPollers: pollers.maximum,
          ...(pollers.group !== undefined && { pollerGroupName: pollers.group }),
        },
        functionResponseTypes: ['ReportBatchItemFailures'],
        bisectBatchOnFunctionError: reading.bisect,
        maximumRetryAttempts: reading.retryAttempts ?? -1,
        maximumRecordAgeInSeconds: reading.maxRecordAgeSeconds ?? -1,
      }),
      tags: [
        { key: tagName.connector, value: props.connector },
        { key: tagName.stage, value: props.stage },
      ],
    });
  }
}

function toStart(start: MappingDeployment['start']): { startingPosition: string; startingPositionTimestamp?: number } {
  if (typeof start !== 'number') return { startingPosition: start };
  return { startingPosition: 'AT_TIMESTAMP', startingPositionTimestamp: Math.floor(start / 1_000) };
}
