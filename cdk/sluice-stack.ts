import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { addAlarmActions } from './alarm-actions.ts';
import { type BundleFolders, toCode } from './bundle-code.ts';
import { Connector } from './connector.ts';
import { ConnectorAlarms } from './connector-alarms.ts';
import { addDashboard } from './connector-dashboard.ts';
import type { ConnectorDeployment } from './connector-deployment.ts';
import { ControlApi } from './control-api.ts';
import type { DeploymentSettings } from './settings.ts';
import type { FunctionNetwork } from './sluice-function.ts';

/** What {@link SluiceStack} needs. */
export interface SluiceStackProps extends StackProps {
  readonly settings: DeploymentSettings;
  readonly connectors: readonly ConnectorDeployment[];
  readonly bundles: BundleFolders;
}

/** Name of a stage's stack. */
export function stackName(stage: string): string {
  return `sluice-${stage}`;
}

/** Everything of one stage: its connectors, their alarms and dashboard, and the Connect REST API. */
export class SluiceStack extends Stack {
  constructor(scope: Construct, props: SluiceStackProps) {
    const { settings, connectors, bundles, ...stackProps } = props;
    super(scope, stackName(settings.stage), {
      description: `Sluice: change records from Kafka into PostgreSQL (stage ${settings.stage})`,
      ...stackProps,
    });
    const code = { sink: toCode(bundles.sink, settings.database.caBundle), filter: toCode(bundles.filter) };
    const network = this.addNetwork(settings);
    const actions = addAlarmActions(this, settings.operation);
    for (const deployment of connectors) {
      const connector = new Connector(this, { deployment, settings, code, network });
      const logGroups = [connector.filter, connector.sink].flatMap((one) => one?.logGroup ?? []);
      new ConnectorAlarms(connector, { deployment, settings, logGroups, actions });
    }
    if (settings.operation.dashboard && connectors.length > 0) addDashboard(this, settings.stage, connectors);
    if (settings.control.auth !== 'off') new ControlApi(this, { settings, bundles, network });
    for (const [name, value] of Object.entries(settings.tags)) Tags.of(this).add(name, value);
    const boundary = settings.functions.permissionsBoundary;
    if (boundary !== undefined) {
      PermissionsBoundary.of(this).apply(ManagedPolicy.fromManagedPolicyArn(this, 'Boundary', boundary));
    }
  }

  /** The network of the functions; a security group without ingress is made where none is given. */
  private addNetwork({ network, stage }: DeploymentSettings): FunctionNetwork | undefined {
    if (network === undefined || network.securityGroupIds.length > 0) return network;
    // The availability zones are asked of nobody: a security group needs the VPC's id alone.
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', { vpcId: network.vpcId ?? '', availabilityZones: ['unknown'] });
    const group = new SecurityGroup(this, 'Functions', { vpc, description: `Functions of Sluice (stage ${stage})` });
    new CfnOutput(this, 'SecurityGroup', {
      description: 'Security group of the functions; let it into that of the database',
      value: group.securityGroupId,
    });
    return { subnetIds: network.subnetIds, securityGroupIds: [group.securityGroupId] };
  }
}
