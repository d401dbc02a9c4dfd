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
  /** Control function only: {@link DeploymentDefaults} as JSON. */
  deploymentDefaults: 'SLUICE_DEPLOYMENT_DEFAULTS',
} as const;
