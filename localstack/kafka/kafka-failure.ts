import { findErrorBy, ResponseError } from '@platformatic/kafka';
import { isSluiceError, SluiceError } from '../../shared/errors/sluice-error.ts';

/** Codes of Node's TLS: SELF_SIGNED_CERT_IN_CHAIN, UNABLE_TO_VERIFY_LEAF_SIGNATURE, ERR_TLS_CERT_ALTNAME_INVALID, … */
const certificateCode = /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;
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
 * A failure of the Kafka client as an error of ours: `BROKER_REFUSED` when a login, a certificate or a permission is not
 * right, `BROKER_UNAVAILABLE` for whatever may pass. `doing` is what was tried, "Reading topic orders" for instance.
 */
export function toKafkaError(doing: string, error: unknown): SluiceError {
  if (isSluiceError(error)) return error;
  const causes = causesOf(error);
  const isLogin = causes.some((cause) => findErrorBy(cause, 'code', 'PLT_KFK_AUTHENTICATION') !== null);
  const isCertificate = causes.some((cause) => certificateCode.test(String((cause as NodeJS.ErrnoException).code)));
  const isRefused = isLogin || isCertificate || isProtocolError(error, ...authorizationIds);
  const reason = isLogin ? 'the login was refused' : describe(causes);
  return new SluiceError(isRefused ? 'BROKER_REFUSED' : 'BROKER_UNAVAILABLE', `${doing} failed: ${reason}.`, {
    cause: error,
  });
}

/** What the broker answered, else what lies deepest: `connect ECONNREFUSED …` tells more than "Connection failed". */
function describe(causes: readonly Error[]): string {
  for (const cause of causes) {
    const id = (cause as { apiId?: unknown }).apiId;
    if (typeof id === 'string') return `the broker answered ${id}`;
  }
  return (causes.at(-1)?.message ?? 'unknown error').replace(/\.$/, '');
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
