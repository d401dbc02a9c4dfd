import { Hono } from 'hono';
import { parseAdminCall } from '../../shared/connector/parse-admin-call.ts';
import type { AppOptions } from './app.ts';
import { askAdmin } from './ask-admin.ts';
import { readConnector } from './deployed-connector.ts';
import { readJsonText } from './request-body.ts';
import { notFoundError, RestError } from './rest-error.ts';

/** Redriving goes through the connector, so that it takes longer than an answer from the ledger. */
const redriveTimeoutMs = 25_000;

/**
 * The calls about a connector's dead letters and holes, which Kafka Connect does not have. Bodies are those of the admin
 * calls; `POST …/redrive` and `…/discard` work on up to 500 letters and say whether there are more.
 */
export function deadLetterRoutes({ client, defaults }: AppOptions): Hono {
  const { stage } = defaults;
  const routes = new Hono();
  const find = async (name: string) => {
    if (!(await readConnector(client, stage, name))) throw notFoundError(`Connector ${name} not found`);
    return { stage, name };
  };

  routes.get('/:name/dead-letters', async (context) => {
    const call = parseAdminCall({ call: 'deadLetters.list', ...toListQuery(context.req.query()) });
    return context.json(await askAdmin(client, await find(context.req.param('name')), call));
  });

  routes.get('/:name/dead-letters/:topic/:partition/:offset', async (context) => {
    const { name, topic, partition, offset } = context.req.param();
    const place = { topic, partition: Number(partition), offset: Number(offset) };
    const payload = context.req.query('payload') === 'true';
    const call = parseAdminCall({ call: 'deadLetters.show', ...place, payload });
    const letter = await askAdmin(client, await find(name), call);
    if (letter === null) throw notFoundError('There is no such dead letter');
    return context.json(letter);
  });

  const post = (
    path: string,
    call: 'deadLetters.redrive' | 'deadLetters.discard' | 'offsets.park' | 'offsets.acceptGap',
  ) =>
    routes.post(`/:name/${path}`, async (context) => {
      const asked = parseAdminCall({ ...parseBody(await readJsonText(context)), call });
      const connector = await find(context.req.param('name')!);
      return context.json(await askAdmin(client, connector, asked, redriveTimeoutMs));
    });
  post('dead-letters/redrive', 'deadLetters.redrive');
  post('dead-letters/discard', 'deadLetters.discard');
  post('dead-letters/park', 'offsets.park');
  post('offsets/accept-gap', 'offsets.acceptGap');
  return routes;
}

/** `after` is the last letter of the page before, in three parameters. */
function toListQuery(query: Readonly<Record<string, string>>): object {
  const { state, limit, afterTopic, afterPartition, afterOffset } = query;
  const after = { topic: afterTopic, partition: Number(afterPartition), offset: Number(afterOffset) };
  return {
    ...(state !== undefined && { state }),
    ...(limit !== undefined && { limit: Number(limit) }),
    ...(afterTopic !== undefined && { after }),
  };
}

function parseBody(text: string): object {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // Said below, without the body.
  }
  throw new RestError(400, 'The request body must be a JSON object.');
}
