import type { KafkaAuth, KafkaSettings } from './settings.ts';

/** One of Lambda's `SourceAccessConfigurations`. */
export interface SourceAccess {
  readonly type: string;
  readonly uri: string;
}

/** Lambda's names of the logins that a secret holds. Source: developer guide, `kafka-cluster-auth`, `msk-cluster-auth`. */
const loginTypes: Readonly<Partial<Record<KafkaAuth, string>>> = {
  'scram-256': 'SASL_SCRAM_256_AUTH',
  'scram-512': 'SASL_SCRAM_512_AUTH',
  plain: 'BASIC_AUTH',
  mtls: 'CLIENT_CERTIFICATE_TLS_AUTH',
  oauthbearer: 'OAUTHBEARER_AUTH',
};

/**
 * How mappings reach the brokers and log in. Empty where they log in by the role or not at all, on MSK, whose network
 * Lambda takes from the cluster.
 */
export function toSourceAccess(
  kafka: KafkaSettings,
  network: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] } | undefined,
): readonly SourceAccess[] {
  const type = loginTypes[kafka.auth];
  const login = type !== undefined && kafka.secretArn !== undefined ? [{ type, uri: kafka.secretArn }] : [];
  if (kafka.clusterArn !== undefined) return login;
  const ca = kafka.caSecretArn === undefined ? [] : [{ type: 'SERVER_ROOT_CA_CERTIFICATE', uri: kafka.caSecretArn }];
  if (!kafka.inVpc || network === undefined) return [...login, ...kafka.oauth, ...ca];
  return [
    ...login,
    ...kafka.oauth,
    ...ca,
    ...network.subnetIds.map((id) => ({ type: 'VPC_SUBNET', uri: `subnet:${id}` })),
    ...network.securityGroupIds.map((id) => ({ type: 'VPC_SECURITY_GROUP', uri: `security_group:${id}` })),
  ];
}
