import type { Findings } from '../shared/config/findings.ts';
import type { PropertyValues } from '../shared/config/parse-config.ts';
import { contextParameter as parameter } from './context-parameters.ts';
import type { DeploymentSettings } from './settings.ts';

type Check = (settings: DeploymentSettings, values: PropertyValues, findings: Findings) => void;

/** Retries after which Lambda gives a batch to an on-failure destination when none are set (developer guide). */
const retriesWithDestination = 10;

/** Finds combinations of parameters that contradict each other, or that would deploy and then fail. */
export function checkContext(values: PropertyValues, settings: DeploymentSettings, findings: Findings): void {
  const checks = [
    checkCluster,
    checkAuth,
    checkGroups,
    checkNetwork,
    checkRegions,
    checkDatabase,
    checkReading,
    checkControl,
  ];
  for (const check of checks) check(settings, values, findings);
}

const checkCluster: Check = ({ kafka }, values, findings) => {
  // What did not parse is a finding already.
  if (findings.errors.some(({ property }) => property === 'clusterArn' || property === 'bootstrapServers')) return;
  if (kafka.clusterArn === undefined && kafka.bootstrapServers === undefined) {
    findings.error('clusterArn', 'No cluster is named: give clusterArn (Amazon MSK) or bootstrapServers.');
  }
  if (kafka.clusterArn !== undefined && kafka.bootstrapServers !== undefined) {
    findings.error('bootstrapServers', 'Give either clusterArn or bootstrapServers, not both.');
  }
  if (kafka.bootstrapServers !== undefined && values.writtenAs(parameter.kafkaAuth) === undefined) {
    findings.error('kafkaAuth', 'With bootstrapServers, say by kafkaAuth how Lambda logs in to the brokers.');
  }
  if (kafka.sourceId.length > 255) {
    findings.error('sourceId', 'The list of bootstrapServers is too long to identify the cluster: give sourceId.');
  }
};

const checkAuth: Check = ({ kafka }, values, findings) => {
  const { auth, secretArn, clusterArn, bootstrapServers } = kafka;
  if (clusterArn !== undefined) {
    if (auth === 'mtls') {
      findings.error('kafkaAuth', 'kafkaAuth=mtls is not for MSK: use iam or scram-512.');
    } else if (!['iam', 'scram-512', 'none'].includes(auth)) {
      findings.error('kafkaAuth', `MSK has no login by ${auth}: use iam, scram-512 or none.`);
    } else if (/-s\d+$/.test(clusterArn) && auth !== 'iam') {
      findings.error('kafkaAuth', 'MSK Serverless knows kafkaAuth=iam only.');
    }
    for (const name of [parameter.kafkaCaSecretArn, parameter.kafkaNetwork]) {
      if (values.writtenAs(name)) findings.error(name.name, `${name.name} is for bootstrapServers; MSK needs none.`);
    }
  } else if (bootstrapServers !== undefined && auth === 'iam') {
    findings.error('kafkaAuth', 'kafkaAuth=iam needs clusterArn: only MSK knows the role of a function.');
  }
  const needsSecret = auth !== 'iam' && auth !== 'none';
  if (needsSecret && secretArn === undefined) {
    findings.error('kafkaSecretArn', `kafkaAuth=${auth} needs kafkaSecretArn, a secret with the login.`);
  }
  if (!needsSecret && secretArn !== undefined) {
    findings.error('kafkaSecretArn', `kafkaAuth=${auth} uses no secret: remove kafkaSecretArn, or change kafkaAuth.`);
  }
  if (auth !== 'oauthbearer' && kafka.oauth.length > 0) {
    findings.error('kafkaOauth', 'kafkaOauth has no effect without kafkaAuth=oauthbearer.');
  }
  if (bootstrapServers !== undefined && auth === 'none' && !kafka.inVpc) {
    findings.error('kafkaAuth', 'Lambda reads public brokers only with a login: change kafkaAuth, or give subnetIds.');
  }
};

const checkGroups: Check = ({ kafka: { consumerGroupId, takeover, generation } }, _values, findings) => {
  if (consumerGroupId?.startsWith('connect-') && !takeover) {
    findings.error(
      'consumerGroupId',
      `${consumerGroupId} is the group of a Kafka Connect. Stop that connector, then say takeover=true.`,
    );
  }
  if (takeover && generation > 0) {
    findings.error('generation', 'takeover reads on, a generation reads anew: keep one of them.');
  }
};

const checkNetwork: Check = ({ network, kafka }, values, findings) => {
  if (network === undefined) {
    for (const { name } of [parameter.vpcId, parameter.securityGroupIds].filter((one) => values.writtenAs(one))) {
      findings.error(name, `${name} has no effect without subnetIds.`);
    }
    if (kafka.inVpc) findings.error('kafkaNetwork', 'kafkaNetwork=vpc needs subnetIds.');
  } else if (network.securityGroupIds.length === 0 && network.vpcId === undefined) {
    findings.error('securityGroupIds', 'subnetIds need securityGroupIds, or vpcId, in which one is made.');
  }
};

/** Lambda reads a secret, and encrypts by a key, only of the region that it runs in. */
const checkRegions: Check = ({ kafka, functions }, _values, findings) => {
  const arns = {
    clusterArn: kafka.clusterArn,
    kafkaSecretArn: kafka.secretArn,
    kafkaCaSecretArn: kafka.caSecretArn,
    encryptionKeyArn: functions.encryptionKeyArn,
  };
  const regions = Object.entries(arns).flatMap(([name, arn]) => (arn === undefined ? [] : [[name, arn.split(':')[3]]]));
  const [first] = regions;
  for (const [name, region] of regions) {
    if (region === first![1]) continue;
    findings.error(
      name!,
      `${name} is in ${region}, but ${first![0]} in ${first![1]}: Lambda needs them in one region.`,
    );
  }
};

const checkDatabase: Check = ({ database, registry }, values, findings) => {
  const { secretArn, iamUser, iamResourceId, host, name } = database;
  const written = (one: (typeof parameter)[keyof typeof parameter]) => values.writtenAs(one) !== undefined;
  if (iamUser !== undefined && database.sslMode === 'disable') {
    findings.error('databaseSslMode', 'databaseIamUser needs TLS: databaseSslMode=disable is not possible.');
  }
  if (iamUser !== undefined && secretArn !== undefined) {
    findings.error('databaseIamUser', 'Give either databaseIamUser or databaseSecretArn, not both.');
  }
  if (iamUser !== undefined && iamResourceId === undefined) {
    findings.error(
      'databaseIamUser',
      'databaseIamUser needs databaseResourceId or databaseProxyArn: the role names it.',
    );
  }
  if (iamUser === undefined && written(parameter.databaseResourceId)) {
    findings.error('databaseResourceId', 'databaseResourceId has no effect without databaseIamUser.');
  }
  if (written(parameter.databaseResourceId) && written(parameter.databaseProxyArn)) {
    findings.error(
      'databaseResourceId',
      'Behind databaseProxyArn the proxy is logged in to: remove databaseResourceId.',
    );
  }
  if (database.caBundle !== undefined && written(parameter.databaseProxyArn)) {
    findings.error(
      'databaseCaBundle',
      'RDS Proxy has a public certificate, which a bundle of other authorities would not let pass: remove databaseCaBundle.',
    );
  }
  if (iamUser !== undefined && (host === undefined || name === undefined)) {
    findings.error('databaseHost', 'databaseIamUser needs databaseHost and databaseName.');
  }
  if (host === undefined && (database.port !== 5432 || written(parameter.databaseProxyArn))) {
    findings.error('databaseHost', 'databasePort and databaseProxyArn need databaseHost.');
  }
  if (host !== undefined && secretArn === undefined && iamUser === undefined) {
    findings.error('databaseHost', 'databaseHost needs a login: databaseSecretArn or databaseIamUser.');
  }
  if (registry.secretArn !== undefined && registry.url === undefined) {
    findings.error('schemaRegistryUrl', 'schemaRegistrySecretArn needs schemaRegistryUrl.');
  }
};

const checkReading: Check = ({ reading }, _values, findings) => {
  const { pollers, onFailure, retryAttempts, maxRecordAgeSeconds, bisect, windowSeconds, lastingWindow } = reading;
  const needsPollers = (name: string, what: string) =>
    findings.error(name, `${what} needs provisionedPollers: Lambda ignores or refuses it without.`);
  if (pollers === undefined) {
    if (maxRecordAgeSeconds !== undefined) needsPollers('maxRecordAge', 'maxRecordAge');
    if (bisect) needsPollers('bisect', 'bisect=true');
    if (onFailure?.startsWith('kafka:')) needsPollers('onFailure', 'A Kafka topic as onFailure');
    if (retryAttempts !== undefined && !(onFailure !== undefined && retryAttempts === retriesWithDestination)) {
      needsPollers('retryAttempts', `retryAttempts=${retryAttempts}`);
    }
    if (windowSeconds !== undefined && !lastingWindow) {
      findings.error(
        'maxBatchingWindow',
        'A mapping that had a window never gets the 500 ms back. Say lastingWindow=true to accept that, or give ' +
          'provisionedPollers.',
      );
    }
  } else if (pollers.minimum < 1 || pollers.minimum > 200 || pollers.maximum < 1 || pollers.maximum > 2_000) {
    findings.error('provisionedPollers', 'A mapping has 1 to 200 pollers at least and 1 to 2000 at most.');
  } else if (pollers.minimum > pollers.maximum) {
    findings.error('provisionedPollers', 'The minimum of provisionedPollers is above the maximum.');
  }
  if (onFailure !== undefined && retryAttempts === undefined) {
    findings.error(
      'onFailure',
      `With onFailure Lambda retries ${retriesWithDestination} times and then skips the batch, not for ever. Say so by ` +
        `retryAttempts=${retriesWithDestination}, or another number with provisionedPollers.`,
    );
  }
};

const checkControl: Check = ({ control }, values, findings) => {
  const complete = control.jwtIssuer !== undefined && control.jwtAudience.length > 0;
  if (control.auth === 'jwt' && !complete) {
    findings.error('controlApi', 'controlApi=jwt needs jwtIssuer and jwtAudience.');
  }
  for (const { name } of [parameter.jwtIssuer, parameter.jwtAudience].filter((one) => values.writtenAs(one))) {
    if (control.auth !== 'jwt') findings.error(name, `${name} has no effect without controlApi=jwt.`);
  }
  if (control.auth === 'off' && control.restTopicPattern !== '*') {
    findings.error('restTopicPattern', 'restTopicPattern has no effect without controlApi.');
  }
};
