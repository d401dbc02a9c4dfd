import { createHash } from 'node:crypto';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';

/**
 * Digest of what the functions of connectors get from their deployment: code, role, variables and settings. Another one
 * than a connector's means that it was made, or brought up to date, by an earlier deployment. 16 hexadecimal digits.
 */
export function toDeploymentDigest(defaults: DeploymentDefaults): string {
  const { code, roleArn, architecture, memorySizeMb, timeoutSeconds, variables = {} } = defaults;
  const { sink, filter } = code;
  const given = [
    [sink.S3Bucket, sink.S3Key, filter.S3Bucket, filter.S3Key],
    [roleArn, architecture, memorySizeMb, timeoutSeconds],
    Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(given)).digest('hex').slice(0, 16);
}
