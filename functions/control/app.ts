import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { DeploymentDefaults } from '../../shared/contract/deployment-defaults.ts';
import type { BrokerPort } from '../../shared/kafka/broker-port.ts';
import type { SendToApi } from './console/console-app.ts';
import { connectorRoutes } from './connector-routes.ts';
import { createControlContext } from './control-context.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';
import { identifyLocalCaller, type LocalAccess } from './identify-caller.ts';
import { loggerRoutes } from './logger-routes.ts';
import { offsetRoutes } from './offset-routes.ts';
import { findOperation, fitsPath } from './operations.ts';
import { pluginRoutes } from './plugin-routes.ts';
import { refuseCrossSite } from './refuse-cross-site.ts';
import { type ReconcileReport, reconcileConnectors } from './reconcile.ts';
import { withDeadline } from './request-deadline.ts';
import { RestError, toRestError } from './rest-error.ts';
import { retryCalls } from './retry-calls.ts';
import { rootRoutes } from './root-routes.ts';
import { type Caller, type Scope, unlimitedCaller } from './scope.ts';
import { stateRoutes } from './state-routes.ts';
import { statusRoutes } from './status-routes.ts';

/** What the app works with. */
export interface AppOptions {
  readonly client: LambdaClient;
  readonly defaults: DeploymentDefaults;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The brokers, where they can be reached. */
  readonly broker?: BrokerPort | undefined;
  /**
   * Who sends a request; absent, and without `local`: whoever reaches the app may do everything.
   *
   * @throws RestError 401
   */
  readonly identify?: (context: Context) => Caller;
  /** How the app is reached on this machine. */
  readonly local?: LocalAccess;
}

/** Kafka Connect's REST API, and what runs without a request. */
export interface ControlApp extends Hono {
  /** Finishes what interrupted calls left; to be called now and then, for at most `timeoutMs` at a time. */
  reconcile(timeoutMs?: number): Promise<ReconcileReport>;
}

/** Larger than any configuration that fits a function's environment. */
const maxBodyBytes = 1_048_576;

/** Up to this length a refused body is read to its end, since a client that is still sending may miss the answer. */
const maxDiscardedBytes = 16 * maxBodyBytes;

/**
 * Kafka Connect's REST API over AWS Lambda, without state of its own: a connector is its functions, its event source
 * mappings and their tags. Every error is answered as Connect does, `{"error_code", "message"}`.
 */
export function createApp(options: AppOptions): ControlApp {
  retryCalls(options.client);
  const control = createControlContext(options);
  const { local } = options;
  const identify = local === undefined ? options.identify : (context: Context) => identifyLocalCaller(context, local);
  // As with Kafka Connect, a slash at the end of a path means nothing.
  const app = new Hono({ strict: false });
  app.onError((error, context) => toResponse(context, error));
  app.use((_context, next) => withDeadline(next));
  app.use(async (context, next) => {
    refuseCrossSite(context);
    const { method, path } = context.req;
    authorize(identify?.(context) ?? unlimitedCaller, toScope(context, method, path));
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: async (context) => {
        await discardBody(context);
        return toResponse(context, new RestError(413, `A body has at most ${maxBodyBytes} bytes.`));
      },
    }),
  );
  app.route('/', rootRoutes(control));
  app.route('/connectors', connectorRoutes(control));
  app.route('/connectors', statusRoutes(control));
  app.route('/connectors', stateRoutes(control));
  app.route('/connectors', offsetRoutes(control));
  app.route('/connectors', deadLetterRoutes(control));
  app.route('/connector-plugins', pluginRoutes(control));
  app.route('/admin/loggers', loggerRoutes(control));
  let pages: Promise<Hono> | undefined;
  app.all('/ui/*', async (context) => {
    // Most calls are no pages; their code is loaded by the first one that is.
    pages ??= import('./console/console-app.ts').then(({ createConsole }) => createConsole(control, send));
    return (await pages).fetch(context.req.raw, context.env);
  });
  const send: SendToApi = async (context, method, path) => {
    const names = ['authorization', 'host', 'origin', 'sec-fetch-site'];
    const given = names.flatMap((name) => {
      const value = context.req.header(name);
      return value === undefined ? [] : [[name, value] as [string, string]];
    });
    return app.request(new URL(path, context.req.url).href, { method, headers: given }, context.env);
  };
  app.notFound((context) => {
    const known = app.routes.some(({ path, method }) => method !== 'ALL' && fitsPath(path, context.req.path));
    const error = known ? new RestError(405, 'HTTP 405 Method Not Allowed') : new RestError(404, 'HTTP 404 Not Found');
    return toResponse(context, error);
  });
  return Object.assign(app, {
    reconcile: (timeoutMs?: number) => withDeadline(() => reconcileConnectors(control), timeoutMs),
  });
}

/** A payload is a scope of its own, whichever call shows it. Who may not read learns no paths either. */
function toScope(context: Context, method: string, path: string): Scope {
  const scope = findOperation(method === 'HEAD' ? 'GET' : method, path)?.scope ?? 'read';
  return path.includes('/dead-letters/') && context.req.query('payload') === 'true' ? 'payload' : scope;
}

function authorize(caller: Caller, scope: Scope): void {
  if (caller.scopes.has(scope)) return;
  throw new RestError(403, `This call needs the scope ${scope}, which the caller does not have.`);
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
