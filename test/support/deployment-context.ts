import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const examples = new URL('../../cdk/examples/', import.meta.url);

/** What the deployment of the scenario needs to know of the place where it runs. */
export interface DeploymentPlace {
  readonly bootstrapServers: readonly string[];
  readonly kafkaSecretArn: string;
  readonly databaseSecretArn: string;
  readonly database: { readonly host: string; readonly port: string; readonly name: string };
}

/** Topics of the deployed connectors; the filter lets only items pass. */
export const deployedTopics = { orders: 'shop.orders', items: 'shop.items', hidden: 'shop.hidden' } as const;

/**
 * Writes a context file into the folder and answers its path: the example for self-managed brokers, with the endpoints
 * and secrets of this place, no network, provisioned pollers and the REST API; its connector `orders` reads directly, and
 * its connector `shop-filtered` reads through a filter. Both insert, so that a record that is applied twice is seen.
 */
export function writeDeploymentContext(folder: string, place: DeploymentPlace): string {
  const { subnetIds, securityGroupIds, kafkaCaSecretArn, ...example } = readExample('self-managed-scram.json');
  const connectors = join(folder, 'connectors');
  mkdirSync(connectors);
  const inserting = { 'insert.mode': 'insert', 'pk.fields': undefined };
  writeConnector(connectors, 'orders', inserting);
  writeConnector(connectors, 'shop-filtered', {
    ...inserting,
    topics: `${deployedTopics.items},${deployedTopics.hidden}`,
    'target.tablename': 'public.items',
    'table.include.list': deployedTopics.items,
  });
  const context = {
    ...example,
    connectors,
    stage: 'default',
    bootstrapServers: place.bootstrapServers,
    kafkaSecretArn: place.kafkaSecretArn,
    databaseSecretArn: place.databaseSecretArn,
    databaseHost: place.database.host,
    databasePort: Number(place.database.port),
    databaseName: place.database.name,
    databaseSslMode: 'disable',
    allowedHosts: [place.database.host],
    provisionedPollers: '1/2',
    maxBatchingWindow: 0,
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    controlApi: 'iam',
  };
  const path = join(folder, 'context.json');
  writeFileSync(path, JSON.stringify(context));
  return path;
}

function writeConnector(folder: string, name: string, changes: Readonly<Record<string, string | undefined>>): void {
  const { config } = readExample(`connectors/${name}.json`);
  // What is undefined is left out.
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ name, config: { ...(config as object), ...changes } }));
}

function readExample(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(name, examples), 'utf8')) as Record<string, unknown>;
}
