import { findErrorBy, ResponseError } from '@platformatic/kafka';
import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';

const networkCodes = ['PLT_KFK_NETWORK', 'PLT_KFK_TIMEOUT'];
const authorizationIds = [
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
];

/** True when the failure is, or was caused by, this error of Kafka's protocol, `NOT_COORDINATOR` for instance. */
export function isProtocolError(error: unknown, ...ids: readonly string[]): boolean {
  return ids.some((id) => causesOf(error).some((cause) => findErrorBy(cause, 'apiId', id) !== null));
}

/** What the broker answered besides the error codes; undefined when it did not answer. */
export function answerOf(error: unknown): unknown {
  return error instanceof ResponseError ? error.response : undefined;
}

/**
 * A failure of the Kafka client as an error of ours: `BROKER_REFUSED` when a login or a permission is missing,
 * `BROKER_UNAVAILABLE` for whatever may pass. `doing` is what was tried, "Reading topic orders" for instance.
 */
export function toKafkaError(doing: string, error: unknown): SluiceError {
  if (isSluiceError(error)) return error;
  const causes = causesOf(error);
  const isLogin = causes.some((cause) => findErrorBy(cause, 'code', 'PLT_KFK_AUTHENTICATION') !== null);
  const isRefused = isLogin || isProtocolError(error, ...authorizationIds);
  const reason = isLogin ? 'the login was refused' : describe(causes);
  return new SluiceError(isRefused ? 'BROKER_REFUSED' : 'BROKER_UNAVAILABLE', `${doing} failed: ${reason}.`, {
    cause: error,
  });
}

function describe(causes: readonly Error[]): string {
  for (const cause of causes) {
    const id = (cause as { apiId?: unknown }).apiId;
    if (typeof id === 'string') return `the broker answered ${id}`;
  }
  const network = causes.find((cause) => networkCodes.some((code) => findErrorBy(cause, 'code', code) !== null));
  const root = (network ?? causes[0])?.message ?? 'unknown error';
  return root.replace(/\.$/, '');
}

/** The error, what caused it, and the errors that it gathers, outermost first. */
function causesOf(error: unknown): Error[] {
  const found: Error[] = [];
  const visit = (each: unknown) => {
    if (!(each instanceof Error) || found.includes(each)) return;
    found.push(each);
    for (const inner of each instanceof AggregateError ? each.errors : []) visit(inner);
    visit(each.cause);
  };
  visit(error);
  return found;
}
