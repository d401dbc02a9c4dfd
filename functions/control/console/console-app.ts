import { type Context, Hono } from 'hono';
import { toShownConfig } from '../connector-view.ts';
import type { ControlContext } from '../control-context.ts';
import { findConnector } from '../find-connector.ts';
import { notFoundError, RestError, toRestError } from '../rest-error.ts';
import { consoleScript, consoleStyle } from './assets.ts';
import {
  renderConfirmation,
  renderConnector,
  renderConnectors,
  renderFailure,
  toConnectorPath,
} from './connector-pages.ts';
import { createConsoleSampler } from './console-sampler.ts';
import { type ActionName, texts } from './texts.ts';

/** Sends a request through the API itself, which authorizes it by the headers and the event of the page's own request. */
export type SendToApi = (context: Context, method: 'POST' | 'PUT', path: string) => Promise<Response>;

/** Nothing but what the console itself serves, and no inline script or style. */
const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // Without any referrer browsers send forms with the origin null.
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};

const calls: Readonly<Record<ActionName, readonly ['POST' | 'PUT', string]>> = {
  pause: ['PUT', 'pause'],
  resume: ['PUT', 'resume'],
  stop: ['PUT', 'stop'],
  restart: ['POST', 'restart?includeTasks=true'],
};

/**
 * The console's pages below `/ui`. Whoever reaches them may read; what changes something goes through the API, by the
 * caller's own scopes.
 */
export function createConsole(control: ControlContext, send: SendToApi): Hono {
  const sampler = createConsoleSampler(control);
  const app = new Hono({ strict: false });
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  });
  app.onError((error, context) => {
    const { status, message } = toRestError(error);
    return context.html(renderFailure(message), status as 500);
  });
  app.notFound((context) => context.html(renderFailure('HTTP 404 Not Found'), 404));

  app.get('/ui', async (context) => context.html(renderConnectors(await sampler.read())));
  app.get('/ui/console.css', (context) =>
    context.body(consoleStyle, 200, { 'content-type': 'text/css; charset=utf-8' }),
  );
  app.get('/ui/console.js', (context) =>
    context.body(consoleScript, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  app.get('/ui/connectors/:name', async (context) => {
    const name = context.req.param('name');
    const deployed = await findConnector(control, name);
    const sample = (await sampler.read()).get(name);
    // Made since the last sample.
    if (sample === undefined) throw new RestError(503, `Connector ${name} is not sampled yet; look again in a moment.`);
    return context.html(renderConnector(name, sample, toShownConfig(deployed)));
  });
  app.get('/ui/connectors/:name/:action', async (context) => {
    const { name } = await findConnector(control, context.req.param('name'));
    return context.html(renderConfirmation(name, toAction(context.req.param('action'))));
  });
  app.post('/ui/connectors/:name/:action', async (context) => {
    const { name } = context.req.param();
    const [method, call] = calls[toAction(context.req.param('action'))];
    // Browsers name the origin of every form that they post; what does not has the API for it.
    if (context.req.header('origin') === undefined) throw new RestError(403, 'A form needs the header Origin.');
    const answer = await send(context, method, `/connectors/${encodeURIComponent(name)}/${call}`);
    if (answer.ok) return context.redirect(toConnectorPath(name), 303);
    const { message } = (await answer.json()) as { readonly message: string };
    return context.html(renderFailure(message), answer.status as 500);
  });
  return app;
}

function toAction(text: string): ActionName {
  if (Object.hasOwn(texts.act, text)) return text as ActionName;
  throw notFoundError('HTTP 404 Not Found');
}
