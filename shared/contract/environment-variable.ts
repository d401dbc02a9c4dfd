/** Names of the environment variables that whoever creates a function sets and its handler reads. */
export const environmentVariable = {
  /** Connector as Kafka Connect's JSON: `{"name": …, "config": {…}}`. */
  connector: 'SLUICE_CONNECTOR',
  /** Name of the deployment stage, part of every resource name. */
  stage: 'SLUICE_STAGE',
  /** Identity of the Kafka cluster when the event has no ARN (self-managed, local). */
  sourceId: 'SLUICE_SOURCE_ID',
  /** `true` when the mapping has `FunctionResponseTypes: ["ReportBatchItemFailures"]`, so that a partial answer counts. */
  reportsBatchItemFailures: 'SLUICE_REPORTS_BATCH_ITEM_FAILURES',
  /** Filter function only: name or ARN of the sink function that it invokes. */
  sinkFunction: 'SLUICE_SINK_FUNCTION',
  /** Sink, admin and filter: secret of the database in Secrets Manager, by ARN; a connector without database gets it. */
  databaseSecretArn: 'SLUICE_DATABASE_SECRET_ARN',
  /** Host of that database, when the secret does not say it or a proxy stands before it. */
  databaseHost: 'SLUICE_DATABASE_HOST',
  /** Port of that host; absent: 5432. */
  databasePort: 'SLUICE_DATABASE_PORT',
  /** Database on that host; absent: what the secret says. */
  databaseName: 'SLUICE_DATABASE_NAME',
  /** User that logs in with an IAM token instead of the secret; then host and name are needed. */
  databaseIamUser: 'SLUICE_DATABASE_IAM_USER',
  /** `disable`, `require` or `verify-full` for that host; absent: `verify-full`. */
  databaseSslMode: 'SLUICE_DATABASE_SSL_MODE',
  /** Sink and admin: PEM file of the CAs that `verify-full` trusts, relative to the function's folder. */
  databaseCaFile: 'SLUICE_DATABASE_CA_FILE',
  /** Hosts that connectors may connect to, with commas between them; `*.` before a domain means its subdomains. */
  allowedHosts: 'SLUICE_ALLOWED_HOSTS',
  /** Control function only: {@link DeploymentDefaults} as JSON. */
  deploymentDefaults: 'SLUICE_DEPLOYMENT_DEFAULTS',
  /** Control function only: what stands before a scope in tokens; absent: callers have none. */
  scopePrefix: 'SLUICE_SCOPE_PREFIX',
  /** Control function only: patterns of ARNs by scope as JSON, for callers with signed requests; absent: they may all. */
  callers: 'SLUICE_CALLERS',
  /** `true` in functions of a local stack. */
  local: 'SLUICE_LOCAL',
} as const;
