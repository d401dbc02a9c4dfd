import { isHostAllowed } from '../../config/allowed-hosts.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { answerTooLarge } from './exchange.ts';

/** Longest answer that is read; registries keep schemas in records of Kafka, of 1 MB by default. */
export const maxAnswerBytes = 8_000_000;

/**
 * Refuses a URL whose host is not one of the deployment's.
 *
 * @throws SluiceError `HOST_NOT_ALLOWED`
 */
export function checkHost(url: string, allowedHosts: readonly string[] | undefined): void {
  const { hostname } = new URL(url);
  if (isHostAllowed(hostname, allowedHosts)) return;
  throw new SluiceError('HOST_NOT_ALLOWED', `The schema registry's host ${hostname} is not one of allowedHosts.`);
}

/** The error for a connection that gave no answer; `who` is a URL without login. */
export function toConnectionError(cause: unknown, who: string): SluiceError {
  const { code = 'no answer' } = cause as { code?: string };
  const host = new URL(who).host;
  if (code === answerTooLarge) {
    const text = `The schema registry at ${host} answered more than ${maxAnswerBytes} bytes.`;
    return new SluiceError('SCHEMA_UNKNOWN', text, { stage: 'decode-value', cause });
  }
  if (isTlsFailure(cause)) {
    const text = `The schema registry at ${host} cannot be trusted, or trusts nobody: ${code}.`;
    return new SluiceError('REGISTRY_REFUSED', text, { cause });
  }
  return new SluiceError('REGISTRY_UNAVAILABLE', `The schema registry at ${host} did not answer (${code}).`, { cause });
}

/** Certificates and protocols do not mend themselves. Source: Node.js, "X509 certificate error codes". */
export function isTlsFailure(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    typeof code === 'string' &&
    /^(?:CERT_|CRL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_|INVALID_|ERR_(?:TLS|SSL|OSSL)_|EPROTO)/.test(code)
  );
}
