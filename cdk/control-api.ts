import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { DeploymentDefaults } from '../shared/contract/deployment-defaults.ts';
import { environmentVariable } from '../shared/contract/environment-variable.ts';
import { stageFunctionName, tagName } from '../shared/contract/resource-name.ts';
import { acknowledge } from './acknowledge.ts';
import { type BundleFolders, bundleFolder, toCode } from './bundle-code.ts';
import { toRegistryProperties } from './complete-connector.ts';
import { controlPermissions } from './control-permissions.ts';
import { assertControlFits } from './control-environment.ts';
import { buildDatabaseEnvironment } from './function-environment.ts';
import { toSourceAccess } from './kafka-access.ts';
import { addRestLog, addRestRole } from './rest-role.ts';
import type { ControlSettings, DeploymentSettings } from './settings.ts';
import { type FunctionNetwork, SluiceFunction } from './sluice-function.ts';
import { addStageAdmin } from './stage-admin.ts';

/** API Gateway waits for an answer no longer. */
const timeoutSeconds = 29;

/** Who asked for what and how it was answered; tokens and bodies are not logged. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    time: '$context.requestTime',
    requestId: '$context.requestId',
    sourceIp: '$context.identity.sourceIp',
    method: '$context.httpMethod',
    path: '$context.path',
    status: '$context.status',
    error: '$context.error.message',
  }),
);

/** What {@link ControlApi} needs. */
export interface ControlApiProps {
  readonly settings: DeploymentSettings;
  readonly bundles: BundleFolders;
  readonly network: FunctionNetwork | undefined;
}

/** Kafka Connect's REST API for this stage, for callers with a signed request or a token, never for everybody. */
export class ControlApi extends Construct {
  private readonly settings: DeploymentSettings;

  constructor(scope: Construct, { settings: given, bundles, network }: ControlApiProps) {
    super(scope, 'Control');
    const settings = withAllowedHosts(given);
    this.settings = settings;
    const stack = Stack.of(this);
    const sink = new Asset(this, 'SinkCode', { path: bundleFolder(bundles.sink, settings.database.caBundle) });
    const filter = new Asset(this, 'FilterCode', { path: bundleFolder(bundles.filter) });
    const logGroup = addRestLog(this, settings);
    const role = addRestRole(this, settings, logGroup);
    addStageAdmin(this, settings, { code: toCode(bundles.sink, settings.database.caBundle), timeoutSeconds, network });
    const defaults = {
      ...this.toDefaults(network),
      logGroup: logGroup.logGroupName,
      roleArn: role.roleArn,
      ...(settings.control.roleArns.length > 0 && { roleArns: settings.control.roleArns }),
      code: { sink: at(sink), filter: at(filter) },
    };
    assertControlFits(stack.resolve(defaults));
    const control = new SluiceFunction(this, 'Api', {
      functionName: stageFunctionName(settings.stage, 'control'),
      description: `Connect REST API of Sluice (stage ${settings.stage})`,
      code: toCode(bundles.control),
      memorySizeMb: settings.functions.memorySizeMb,
      timeoutSeconds,
      environment: {
        [environmentVariable.deploymentDefaults]: stack.toJsonString(defaults),
        ...toAccess(settings.control),
      },
      permissions: controlPermissions(stack, settings.stage, {
        roleArns: [role.roleArn, ...settings.control.roleArns],
        codeArns: [sink, filter].map((asset) => asset.bucket.arnForObjects(asset.s3ObjectKey)),
        network: network !== undefined,
        encryptionKeyArn: settings.functions.encryptionKeyArn,
      }),
      tags: { [tagName.stage]: settings.stage },
      settings: settings.functions,
    });
    const url = settings.control.auth === 'jwt' ? this.addHttpApi(control) : this.addFunctionUrl(control);
    // Finishes what calls left that were interrupted.
    const reconcile = new Rule(this, 'Reconcile', {
      description: `Finishes interrupted changes of connectors (stage ${settings.stage})`,
      schedule: Schedule.rate(Duration.minutes(settings.control.reconcileMinutes)),
      targets: [new LambdaTarget(control.function, { retryAttempts: 0 })],
    });
    acknowledge(reconcile, { 'Serverless-EventBusDLQ': 'A run that fails is made good by the next one.' });
    new CfnOutput(this, 'Url', { description: 'Connect REST API', value: url });
  }

  private addFunctionUrl(control: SluiceFunction): string {
    return control.function.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM }).url;
  }

  private addHttpApi(control: SluiceFunction): string {
    const { functions, control: access, stage } = this.settings;
    const api = new HttpApi(this, 'Http', {
      apiName: `sluice-${stage}`,
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('Connect', control.function),
      defaultAuthorizer: new HttpJwtAuthorizer('Token', access.jwtIssuer ?? '', {
        jwtAudience: [...access.jwtAudience],
      }),
    });
    const log = new LogGroup(this, 'AccessLog', {
      retention: functions.logRetentionDays as RetentionDays,
      removalPolicy: functions.retainsLogs ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const deployed = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destination: new LogGroupLogDestination(log), format: accessLogFormat },
      throttle: { rateLimit: 20, burstLimit: 40 },
    });
    return deployed.url;
  }

  private toDefaults(network: FunctionNetwork | undefined): Omit<DeploymentDefaults, 'roleArn' | 'code' | 'logGroup'> {
    const { stage, kafka, reading, functions } = this.settings;
    const { pollers, windowSeconds } = reading;
    const access = toSourceAccess(kafka, network);
    return {
      stage,
      architecture: functions.architecture,
      memorySizeMb: functions.memorySizeMb,
      timeoutSeconds: functions.timeoutSeconds,
      ...(kafka.clusterArn !== undefined
        ? { clusterArn: kafka.clusterArn }
        : { bootstrapServers: kafka.bootstrapServers ?? [] }),
      sourceId: kafka.sourceId,
      ...(access.length > 0 && { sourceAccess: access.map(({ type, uri }) => ({ Type: type, URI: uri })) }),
      ...(network && { network }),
      ...(pollers && { provisionedPollers: pollers }),
      ...(windowSeconds !== undefined && { maximumBatchingWindowSeconds: windowSeconds }),
      ...(functions.encryptionKeyArn !== undefined && { encryptionKeyArn: functions.encryptionKeyArn }),
      variables: buildDatabaseEnvironment(true, 'sink', this.settings),
      connectorDefaults: toRegistryProperties(this.settings),
    };
  }
}

/**
 * Whoever may make connectors decides where functions of this account connect to. Without a list of allowed hosts these
 * are the deployment's own database and registry, where the first is known.
 */
function withAllowedHosts(settings: DeploymentSettings): DeploymentSettings {
  const { database, registry } = settings;
  if (database.allowedHosts.length > 0 || database.host === undefined) return settings;
  const registries = (registry.url ?? '').split(',').flatMap((url) => URL.parse(url.trim())?.hostname ?? []);
  return { ...settings, database: { ...database, allowedHosts: [database.host, ...registries] } };
}

/** What the control function knows of its callers' scopes. */
function toAccess({ auth, jwtScopePrefix, callers }: ControlSettings): Readonly<Record<string, string>> {
  if (auth === 'jwt') return { [environmentVariable.scopePrefix]: jwtScopePrefix };
  if (callers.length === 0) return {};
  const pairs = callers.map((caller) => [caller.slice(0, caller.indexOf('=')), caller.slice(caller.indexOf('=') + 1)]);
  const patterns = Map.groupBy(pairs, ([scope]) => scope!);
  const byScope = [...patterns].map(([scope, found]) => [scope, found.map(([, pattern]) => pattern!)]);
  return { [environmentVariable.callers]: JSON.stringify(Object.fromEntries(byScope)) };
}

function at(asset: Asset): { readonly S3Bucket: string; readonly S3Key: string } {
  return { S3Bucket: asset.s3BucketName, S3Key: asset.s3ObjectKey };
}
