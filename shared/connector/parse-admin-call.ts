import { SluiceError } from '../errors/sluice-error.ts';
import type { DeadLetterPosition } from '../postgres/read-dead-letters.ts';
import type { AdminCall, DeadLetterQuery } from './admin-call.ts';

/** Most dead letters of a page, so that a reply stays far below Lambda's 6 MB. */
export const maxPageLength = 500;

/**
 * The call in an event of the admin function.
 *
 * @throws SluiceError `CONFIG_INVALID`, saying which part of it is wrong
 */
export function parseAdminCall(event: unknown): AdminCall {
  const { call, ...given } = toObject(event, 'The call');
  switch (call) {
    case 'status':
    case 'offsets':
      return { call };
    case 'deadLetters.list':
      return { call, ...parseQuery(given) };
    case 'deadLetters.show':
      return { call, payload: given.payload === true, ...parsePosition(given, 'The dead letter') };
    case 'validate':
      return { call, connector: parseConnector(given.connector) };
    default:
      throw invalid('The admin function answers status, offsets, deadLetters.list, deadLetters.show and validate.');
  }
}

function parseQuery({ state, limit, after }: Readonly<Record<string, unknown>>): DeadLetterQuery {
  if (state !== undefined && state !== 'open' && state !== 'all') throw invalid('state is open or all.');
  if (limit !== undefined && !(isWhole(limit) && limit >= 1 && limit <= maxPageLength)) {
    throw invalid(`limit is a number from 1 to ${maxPageLength}.`);
  }
  return {
    ...(state !== undefined && { state }),
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after: parsePosition(after, 'after') }),
  };
}

function parsePosition(value: unknown, what: string): DeadLetterPosition {
  const { topic, partition, offset } = toObject(value, what);
  if (typeof topic === 'string' && isWhole(partition) && isWhole(offset)) return { topic, partition, offset };
  throw invalid(`${what} needs topic, partition and offset.`);
}

function parseConnector(value: unknown): { name: string; config: Readonly<Record<string, string>> } {
  const { name = '', config } = toObject(value, 'The connector');
  const properties = toObject(config, 'The config of the connector');
  if (typeof name !== 'string') throw invalid('The name of the connector is a text.');
  const wrong = Object.keys(properties).find((property) => typeof properties[property] !== 'string');
  if (wrong !== undefined) throw invalid(`The value of ${wrong} is not a text.`);
  return { name, config: properties as Readonly<Record<string, string>> };
}

function toObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(`${what} must be a JSON object.`);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function invalid(message: string): SluiceError {
  return new SluiceError('CONFIG_INVALID', message);
}
