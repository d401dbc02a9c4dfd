import { SluiceError } from '../errors/sluice-error.ts';

/** Codes of OpenSSL, as Node passes them on, for a certificate that nobody who is trusted has signed. */
const untrusted =
  /^(?:SELF_SIGNED_CERT|DEPTH_ZERO_|UNABLE_TO_(?:GET_|VERIFY_LEAF)|CERT_(?:SIGNATURE_FAILURE|UNTRUSTED)$)/;
/** Any other trouble with certificates or the protocol. */
const failed =
  /^(?:CERT_|CRL_|ERROR_IN_C|ERR_TLS_|ERR_SSL_|ERR_OSSL_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_|HOSTNAME_MISMATCH)/;

/**
 * The Sluice error `TLS_FAILED` for a connection that broke over its encryption; undefined for any other failure.
 *
 * Source: Node.js documentation, "X509 certificate error codes"; the messages of `pg`.
 */
export function toTlsError(error: unknown): SluiceError | undefined {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const toError = (text: string) => new SluiceError('TLS_FAILED', text, { cause: error });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return toError(`the certificate of the server is for other host names than the one connected to (${code}).`);
  }
  if (typeof code === 'string' && untrusted.test(code)) {
    return toError(`the certificate of the server is signed by no CA that is trusted here (${code}).`);
  }
  if (typeof code === 'string' && failed.test(code)) {
    return toError(`TLS failed (${code}).`);
  }
  if (message === 'The server does not support SSL connections') {
    return toError('the server offers no TLS; sslmode=disable in the URL connects without.');
  }
  return undefined;
}
