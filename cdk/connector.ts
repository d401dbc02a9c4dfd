import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { chainedSinkTimeout } from '../shared/contract/function-timeout.ts';
import { type FunctionRole, functionName, managedByCdk, tagName } from '../shared/contract/resource-name.ts';
import {
  databasePermissions,
  gluePermission,
  kafkaPermissions,
  networkPermission,
  onFailurePermissions,
} from './access-permissions.ts';
import { acknowledge } from './acknowledge.ts';
import { mostConnections } from './connections.ts';
import type { ConnectorDeployment } from './connector-deployment.ts';
import { toSourceAccess } from './kafka-access.ts';
import { KafkaMapping } from './kafka-mapping.ts';
import { allow, type Permission } from './permission.ts';
import type { DeploymentSettings } from './settings.ts';
import { type FunctionNetwork, SluiceFunction, type SluiceFunctionProps } from './sluice-function.ts';

/** What {@link Connector} needs. */
export interface ConnectorProps {
  readonly deployment: ConnectorDeployment;
  readonly settings: DeploymentSettings;
  readonly code: { readonly sink: Code; readonly filter: Code };
  readonly network: FunctionNetwork | undefined;
}

/**
 * Everything that one connector is on AWS: the sink function, the filter function when it is chained, the admin function,
 * and an event source mapping for each topic. Its logical ids depend on its name alone.
 */
export class Connector extends Construct {
  readonly sink: SluiceFunction;
  readonly filter: SluiceFunction | undefined;
  readonly admin: SluiceFunction;

  private readonly props: ConnectorProps;

  constructor(scope: Construct, props: ConnectorProps) {
    super(scope, props.deployment.id);
    this.props = props;
    const { deployment, settings, network } = props;
    const { topology } = deployment.plan;
    const reads = [...this.readPermissions()];
    const registry = deployment.registries.has('glue') ? [gluePermission()] : [];
    const database = [...databasePermissions(Stack.of(this), settings.database, deployment), ...registry];
    this.sink = this.addFunction('sink', {
      description: `Writes ${deployment.name} to PostgreSQL`,
      code: props.code.sink,
      permissions: topology === 'direct' ? [...database, ...reads] : database,
      timeoutSeconds: topology === 'direct' ? deployment.timeoutSeconds : chainedSinkTimeout(deployment.timeoutSeconds),
      reservedConcurrency: deployment.reservedConcurrency,
    });
    const live = this.sink.publish();
    let reader = live;
    if (topology === 'chained') {
      this.filter = this.addFunction('filter', {
        description: `Filters ${deployment.name} before its sink`,
        code: props.code.filter,
        permissions: [
          allow(['lambda:InvokeFunction'], [live.functionArn]),
          ...databasePermissions(Stack.of(this), settings.database, { secrets: deployment.filterSecrets }),
          ...registry,
          ...reads,
        ],
        timeoutSeconds: deployment.timeoutSeconds,
        reservedConcurrency: deployment.reservedConcurrency,
      });
      reader = this.filter.publish();
      // A filter that is switched first would forward to a sink that is still the old one.
      reader.node.addDependency(live);
    }
    this.admin = this.addFunction('admin', {
      description: `Answers questions about ${deployment.name}`,
      code: props.code.sink,
      handler: 'admin.handler',
      permissions: database,
      timeoutSeconds: deployment.timeoutSeconds,
    });
    const sourceAccess = toSourceAccess(settings.kafka, network);
    for (const mapping of deployment.mappings) {
      const { kafka, reading, stage } = settings;
      const options = {
        targetArn: reader.functionArn,
        mapping,
        kafka,
        reading,
        sourceAccess,
        stage,
        connector: deployment.name,
      };
      const created = new KafkaMapping(this, `Mapping ${mapping.topic}`, options);
      created.node.addDependency((this.filter ?? this.sink).role);
      acknowledge(created, {
        'Serverless-LambdaEventSourceMappingDestination':
          'Records that cannot apply go to the dead letter table; a batch is retried until it succeeds, unless onFailure is set.',
      });
    }
    new CfnOutput(this, 'Connections', {
      description: `Most connections to the database that ${deployment.name} opens at once`,
      value: mostConnections(deployment),
    });
  }

  private addFunction(
    role: FunctionRole,
    props: Pick<
      SluiceFunctionProps,
      'description' | 'code' | 'handler' | 'permissions' | 'timeoutSeconds' | 'reservedConcurrency'
    >,
  ): SluiceFunction {
    const { deployment, settings, network } = this.props;
    const ids = { sink: 'Sink', filter: 'Filter', admin: 'Admin' };
    return new SluiceFunction(this, ids[role], {
      ...props,
      functionName: functionName(settings.stage, deployment.name, role),
      memorySizeMb: deployment.memorySizeMb,
      environment: deployment.environment[role],
      tags: {
        [tagName.connector]: deployment.name,
        [tagName.stage]: settings.stage,
        [tagName.role]: role,
        [tagName.managedBy]: managedByCdk,
      },
      settings: settings.functions,
      // A filter needs no way into the network but to a registry.
      network: role === 'filter' && !deployment.registries.has('http') ? undefined : network,
    });
  }

  /** What the mappings need of the role of the function that they invoke. */
  private readPermissions(): readonly Permission[] {
    const { deployment, settings } = this.props;
    const { kafka, reading, database } = settings;
    const topics = deployment.mappings.map(({ topic }) => topic);
    const groups = deployment.mappings.map(({ consumerGroupId }) => consumerGroupId);
    const keys = kafka.secretArn !== undefined ? database.secretKeyArns : [];
    return [
      ...kafkaPermissions(kafka, topics, groups),
      ...(keys.length > 0 ? [allow(['kms:Decrypt'], keys)] : []),
      ...(reading.onFailure === undefined ? [] : onFailurePermissions(reading.onFailure, kafka)),
      // The pollers' network interfaces; the role of a function in a VPC has this already.
      ...(kafka.clusterArn !== undefined || kafka.inVpc ? [networkPermission()] : []),
    ];
  }
}
