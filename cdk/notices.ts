import type { ConnectorDeployment } from './connector-deployment.ts';
import type { DeploymentSettings } from './settings.ts';

/** Something that a deployment should know about itself, printed at synth. */
export interface Notice {
  /** `warning`: records may be lost or read anew. */
  readonly level: 'info' | 'warning';
  /** Stable name, by which the CDK can silence it. */
  readonly id: string;
  readonly text: string;
}

/** What the settings lead to that their names do not say. */
export function buildNotices(
  settings: DeploymentSettings,
  connectors: readonly ConnectorDeployment[],
): readonly Notice[] {
  const { reading, kafka, functions } = settings;
  const { retryAttempts, maxRecordAgeSeconds, onFailure, pollers } = reading;
  const notices: Notice[] = [];
  const skips = [
    retryAttempts !== undefined && `after ${retryAttempts} retries`,
    maxRecordAgeSeconds !== undefined && `older than ${maxRecordAgeSeconds} s`,
  ].filter((one) => one !== false);
  if (skips.length > 0) {
    notices.push({
      level: 'warning',
      id: 'skips-records',
      text:
        `Lambda skips failing records ${skips.join(' and ')}${onFailure === undefined ? '' : `, and reports them to ${onFailure}`}. ` +
        'The next batch is then refused (OFFSETS_SKIPPED) until somebody accepts the gap. The defaults skip nothing.',
    });
  }
  if (connectors.some(({ mappings }) => mappings.some(({ start }) => start === 'LATEST'))) {
    notices.push({
      level: 'warning',
      id: 'starts-latest',
      text: 'With LATEST, records that come while a mapping is made or changed may be missed.',
    });
  }
  if (kafka.generation > 0) {
    notices.push({
      level: 'warning',
      id: 'generation',
      text: `Consumer groups of generation ${kafka.generation}: a mapping whose group is new reads its topic from ${reading.start}. Keep the number in every deploy to come.`,
    });
  }
  if (kafka.takeover) {
    notices.push({
      level: 'warning',
      id: 'takeover',
      text:
        'The groups of a Kafka Connect are taken over: its connectors must be stopped, or both lose partitions to each ' +
        `other. Keep takeover=true in every deploy to come: without, the mappings get other groups, which read from ${reading.start}.`,
    });
  }
  const isReachable = settings.control.auth !== 'off' && settings.database.allowedHosts.length === 0;
  if (isReachable && settings.database.host === undefined) {
    notices.push({
      level: 'warning',
      id: 'any-host',
      text:
        'Connectors made by REST may connect to any host, since allowedHosts is empty and the host of the database is in ' +
        'its secret: name the hosts in allowedHosts, or the database in databaseHost.',
    });
  }
  if (pollers === undefined) {
    notices.push({
      level: 'info',
      id: 'on-demand',
      text: 'On-demand pollers: a batch waits up to 500 ms, and fails as a whole. provisionedPollers change both.',
    });
  }
  if (functions.reservedConcurrency !== 'off' && connectors.length > 0) {
    const reserved = connectors.reduce(
      (sum, { plan, reservedConcurrency = 0 }) => sum + reservedConcurrency * (plan.topology === 'chained' ? 2 : 1),
      0,
    );
    notices.push({
      level: 'info',
      id: 'reserved-concurrency',
      text: `${reserved} of the account's concurrency are reserved; 100 must stay unreserved. reservedConcurrency=off reserves none.`,
    });
  }
  return notices;
}
