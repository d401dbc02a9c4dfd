import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import { connectorRoutes } from './connector-routes.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';
import { pluginRoutes } from './plugin-routes.ts';
import { RestError, toRestError } from './rest-error.ts';
import { rootRoutes } from './root-routes.ts';

/** What the app works with. */
export interface AppOptions {
  readonly client: LambdaClient;
  readonly defaults: DeploymentDefaults;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Larger than any configuration that fits a function's environment. */
const maxBodyBytes = 1_048_576;

/** Up to this length a refused body is read to its end, since a client that is still sending may miss the answer. */
const maxDiscardedBytes = 16 * maxBodyBytes;

/**
 * Kafka Connect's REST API over AWS Lambda, without state of its own: a connector is its functions, its event source
 * mappings and their tags. Every error is answered as Connect does, `{"error_code", "message"}`.
 */
export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  app.onError((error, context) => toResponse(context, error));
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: async (context) => {
        await discardBody(context);
        return toResponse(context, new RestError(413, `A body has at most ${maxBodyBytes} bytes.`));
      },
    }),
  );
  app.route('/', rootRoutes(options));
  app.route('/connectors', connectorRoutes(options));
  app.route('/connectors', deadLetterRoutes(options));
  app.route('/connector-plugins', pluginRoutes(options));
  app.notFound((context) => {
    const known = app.routes.some(({ path, method }) => method !== 'ALL' && matchesPath(path, context.req.path));
    const error = known ? new RestError(405, 'HTTP 405 Method Not Allowed') : new RestError(404, 'HTTP 404 Not Found');
    return toResponse(context, error);
  });
  return app;
}

function toResponse(context: Context, failure: unknown): Response {
  const { status, message, retryAfterSeconds } = toRestError(failure);
  if (retryAfterSeconds !== undefined) context.header('Retry-After', String(retryAfterSeconds));
  return context.json({ error_code: status, message }, status as 500);
}

async function discardBody(context: Context): Promise<void> {
  const { body } = context.req.raw;
  if (body === null || body.locked || Number(context.req.header('content-length') ?? 0) > maxDiscardedBytes) return;
  await body.pipeTo(new WritableStream()).catch(() => undefined);
}

/** Whether a path fits a route's pattern, `:name` standing for one segment. */
function matchesPath(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern, path].map((text) => text.split('/').filter((segment) => segment !== ''));
  return (
    wanted!.length === given!.length &&
    wanted!.every((segment, index) => segment.startsWith(':') || segment === given![index])
  );
}
