import type { Context } from 'hono';
import { RestError } from './rest-error.ts';
import type { TargetState } from './target-state.ts';

/** A connector's configuration as a request holds it; null where the request says null. */
export type RequestedConfig = Readonly<Record<string, string | null>>;

/** Body of `POST /connectors`. */
export interface CreateRequest {
  readonly name: string;
  readonly config: RequestedConfig;
  readonly initialState: TargetState;
}

/**
 * The text of a request's JSON body. Like Connect it takes no other content type, which also keeps a web page of
 * another origin from sending a configuration unasked.
 *
 * @throws RestError 415
 */
export async function readJsonText(context: Context): Promise<string> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new RestError(415, 'HTTP 415 Unsupported Media Type');
  return await context.req.text();
}

/** Deeper than any body that means something, and far from what a parser's stack takes. */
const maxDepth = 32;

/**
 * Parses a request body. Numbers keep the text that the user wrote, unless `keepsNumbers` is false.
 *
 * @throws RestError 400; its message does not repeat the body, which may hold a password
 */
export function parseJson(text: string, keepsNumbers = true): unknown {
  if (depthOf(text) > maxDepth) {
    throw new RestError(400, `The request body is nested more than ${maxDepth} levels deep.`);
  }
  try {
    return keepsNumbers ? JSON.parse(text, keepNumberText) : JSON.parse(text);
  } catch (cause) {
    const position = /position \d+/.exec((cause as Error).message)?.[0];
    throw new RestError(400, `The request body is not JSON${position === undefined ? '' : ` (at ${position})`}.`);
  }
}

/** @throws RestError 400 */
export function parseCreateRequest(text: string): CreateRequest {
  const body = parseJson(text);
  if (!isObject(body)) throw new RestError(400, 'The request body must be a JSON object with name and config.');
  const { name = '', config, initial_state: initialState } = body;
  if (typeof name !== 'string') throw new RestError(400, 'The name of a connector must be a string.');
  if (!isObject(config))
    throw new RestError(400, 'The request body must hold the config of the connector as an object.');
  const state = String(initialState ?? 'RUNNING').toUpperCase();
  if (state !== 'RUNNING' && state !== 'PAUSED' && state !== 'STOPPED') {
    throw new RestError(400, 'initial_state must be one of RUNNING, PAUSED, STOPPED.');
  }
  return { name: name.trim(), config: toConfig(config), initialState: state };
}

/** @throws RestError 400 */
export function parseConfigRequest(text: string): RequestedConfig {
  const body = parseJson(text);
  if (!isObject(body)) throw new RestError(400, 'The request body must be a JSON object of configuration properties.');
  return toConfig(body);
}

function toConfig(object: Readonly<Record<string, unknown>>): RequestedConfig {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      if (value === null || typeof value === 'string') return [name, value];
      if (typeof value === 'boolean') return [name, String(value)];
      throw new RestError(400, `The value of ${name} must be a string, a number or a boolean.`);
    }),
  );
}

/** The JSON object of a body that is no configuration. @throws RestError 400, 415 */
export async function readJsonObject(context: Context): Promise<Readonly<Record<string, unknown>>> {
  const body = parseJson(await readJsonText(context), false);
  if (isObject(body)) return body;
  throw new RestError(400, 'The request body must be a JSON object.');
}

/** Most objects and arrays that are open at once, whether or not the text is valid. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (inText && character === '\\') at += 1;
    else if (character === '"') inText = !inText;
    else if (!inText && (character === '[' || character === '{')) deepest = Math.max(deepest, ++depth);
    else if (!inText && (character === ']' || character === '}')) depth -= 1;
  }
  return deepest;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keepNumberText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value;
}
