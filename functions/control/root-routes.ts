import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { Hono } from 'hono';
import type { ControlContext } from './control-context.ts';
import { buildOpenApi } from './openapi.ts';
import { sluiceVersion } from './version.ts';

/** Version of Kafka Connect whose REST API this is; clients choose their calls by it. */
const connectApiVersion = '4.0.0';

/** `GET /`, `GET /health` and the document of all calls. */
export function rootRoutes({ client, defaults }: ControlContext): Hono {
  const routes = new Hono();
  routes.get('/', (context) =>
    context.json({
      version: connectApiVersion,
      commit: `sluice-${sluiceVersion}`,
      kafka_cluster_id: defaults.sourceId,
    }),
  );
  routes.get('/health', async (context) => {
    try {
      await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
      return context.json({
        status: 'healthy',
        message: 'Worker has completed startup and is ready to handle requests.',
      });
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown error';
      const message =
        'Worker was unable to handle this request and may be unable to handle other requests. ' +
        `AWS Lambda cannot be reached: ${reason}.`;
      return context.json({ status: 'unhealthy', message }, 500);
    }
  });
  routes.get('/openapi.json', (context) => context.json(buildOpenApi()));
  return routes;
}
