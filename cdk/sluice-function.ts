import { Duration, RemovalPolicy, Tags } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  type CfnAlias,
  type CfnFunction,
  type Code,
  type IVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { liveAlias } from '../shared/contract/resource-name.ts';
import { networkPermission } from './access-permissions.ts';
import { acknowledgeFunction } from './acknowledge.ts';
import { grant, type Permission } from './permission.ts';
import type { FunctionSettings } from './settings.ts';

/** Network of the functions with the security groups that exist or are made. */
export interface FunctionNetwork {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** What {@link SluiceFunction} needs. */
export interface SluiceFunctionProps {
  readonly functionName: string;
  readonly description: string;
  readonly code: Code;
  /** Default: `index.handler`. */
  readonly handler?: string;
  readonly memorySizeMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
  readonly tags: Readonly<Record<string, string>>;
  readonly settings: FunctionSettings;
  readonly network?: FunctionNetwork | undefined;
  readonly reservedConcurrency?: number | undefined;
}

/** A function with a role of its own that has the permissions, and a log group of its own. */
export class SluiceFunction extends Construct {
  readonly functionName: string;
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: SluiceFunctionProps) {
    super(scope, id);
    const { settings, network, functionName } = props;
    this.functionName = functionName;
    const key =
      settings.encryptionKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', settings.encryptionKeyArn);
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: settings.logRetentionDays as RetentionDays,
      removalPolicy: settings.retainsLogs ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(key && { encryptionKey: key }),
    });
    // Not the managed policies of Lambda: they allow every log group and more than these functions do.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(this.role);
    grant(this.role, [...props.permissions, ...(network === undefined ? [] : [networkPermission()])]);
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.architecture === 'x86_64' ? Architecture.X86_64 : Architecture.ARM_64,
      handler: props.handler ?? 'index.handler',
      code: props.code,
      memorySize: props.memorySizeMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { ...props.environment },
      role: this.role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // The platform's own lines would cost more than the batches of a busy connector.
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      // An older version is what a roll-back needs; all of them go with the function.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(key && { environmentEncryption: key }),
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    if (network !== undefined) {
      // Subnets by id alone; the CDK's own property wants the VPC with its availability zones.
      (this.function.node.defaultChild as CfnFunction).vpcConfig = {
        subnetIds: [...network.subnetIds],
        securityGroupIds: [...network.securityGroupIds],
      };
    }
    for (const [name, value] of Object.entries(props.tags)) Tags.of(this.function).add(name, value);
    acknowledgeFunction(this, settings.tracing);
  }
  /**
   * Publishes the function as it is now and points the alias at it, so that code and environment switch together and can
   * be switched back.
   */
  publish(): Alias {
    const version = this.function.currentVersion as IVersion;
    const alias = new Alias(this, 'Live', { aliasName: liveAlias, version });
    // By name, not by reference: an engine that takes every reference to a changed resource for a change would replace
    // the alias, whose name is taken.
    (alias.node.defaultChild as CfnAlias).functionName = this.functionName;
    return alias;
  }
}
