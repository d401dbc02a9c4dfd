import { Hono } from 'hono';
import type { AdminAnswers } from '../../shared/connector/admin-call.ts';
import { parseAdminCall } from '../../shared/connector/parse-admin-call.ts';
import { askAdmin } from './ask-admin.ts';
import type { ControlContext } from './control-context.ts';
import { findConnector } from './find-connector.ts';
import { readJsonObject } from './request-body.ts';
import { notFoundError } from './rest-error.ts';

/** Redriving goes through the connector, so that it takes longer than an answer from the ledger. */
const redriveTimeoutMs = 25_000;

/**
 * The calls about a connector's dead letters and holes, which Kafka Connect does not have. Bodies are those of the admin
 * calls; `POST …/redrive` and `…/discard` work on up to 500 letters and say whether there are more.
 */
export function deadLetterRoutes(control: ControlContext): Hono {
  const { client, defaults } = control;
  const routes = new Hono();
  const find = async (name: string) => {
    await findConnector(control, name);
    return { stage: defaults.stage, name };
  };

  routes.get('/:name/dead-letters', async (context) => {
    const call = parseAdminCall({ call: 'deadLetters.list', ...toListQuery(context.req.query()) });
    return context.json(await askAdmin(client, await find(context.req.param('name')), call));
  });

  const show = async (
    name: string,
    place: Readonly<Record<'topic' | 'partition' | 'offset', string>>,
    payload: boolean,
  ) => {
    const { topic, partition, offset } = place;
    const at = { topic, partition: Number(partition), offset: Number(offset) };
    const call = parseAdminCall({ call: 'deadLetters.show', ...at, payload });
    const letter = (await askAdmin(client, await find(name), call)) as AdminAnswers['deadLetters.show'];
    if (letter === null) throw notFoundError('There is no such dead letter');
    if (letter.payload === undefined) return letter;
    const { key, value } = letter.payload;
    const { decoded } = letter;
    return { ...letter, decoded: { key: decoded?.key ?? toText(key), value: decoded?.value ?? toText(value) } };
  };
  routes.get('/:name/dead-letters/:topic/:partition/:offset', async (context) => {
    const { name, ...place } = context.req.param();
    return context.json(await show(name, place, context.req.query('payload') === 'true'));
  });
  routes.get('/:name/dead-letters/:id', async (context) => {
    const { name, id } = context.req.param();
    // A topic holds no colon.
    const [topic = '', partition = '', offset = ''] = id.split(':');
    return context.json(await show(name, { topic, partition, offset }, context.req.query('payload') === 'true'));
  });

  const post = (
    path: string,
    call: 'deadLetters.redrive' | 'deadLetters.discard' | 'offsets.park' | 'offsets.acceptGap',
  ) =>
    routes.post(`/:name/${path}`, async (context) => {
      const asked = parseAdminCall({ ...(await readJsonObject(context)), call });
      const connector = await find(context.req.param('name')!);
      return context.json(await askAdmin(client, connector, asked, redriveTimeoutMs));
    });
  post('dead-letters/redrive', 'deadLetters.redrive');
  post('dead-letters/discard', 'deadLetters.discard');
  post('dead-letters/park', 'offsets.park');
  post('park', 'offsets.park');
  post('offsets/accept-gap', 'offsets.acceptGap');
  return routes;
}

/** `after` is the last letter of the page before, in three parameters. */
function toListQuery(query: Readonly<Record<string, string>>): object {
  const { state, limit, afterTopic, afterPartition, afterOffset, ...rest } = query;
  const filters = Object.entries(rest).filter(([name]) => ['code', 'table', 'topic', 'since', 'until'].includes(name));
  const after = { topic: afterTopic, partition: Number(afterPartition), offset: Number(afterOffset) };
  return {
    ...(state !== undefined && { state }),
    ...(limit !== undefined && { limit: Number(limit) }),
    ...Object.fromEntries(filters),
    ...(afterTopic !== undefined && { after }),
  };
}

/** Bytes as text where they are UTF-8 without control characters, as JSON is; null for any others. */
function toText(base64: string | null): string | null {
  if (base64 === null) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
    return /[\p{Cc}--[\t\n\r]]/v.test(text) ? null : text;
  } catch {
    return null;
  }
}
