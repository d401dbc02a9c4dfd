import { SluiceError } from '../errors/sluice-error.ts';

/** Codes of OpenSSL, as Node passes them on, for a certificate that nobody who is trusted has signed. */
const untrusted = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
]);

/**
 * The Sluice error `TLS_FAILED` for a connection that broke over its encryption; undefined for any other failure.
 *
 * Source: Node.js documentation, "X509 certificate error codes"; the messages of `pg`.
 */
export function toTlsError(error: unknown): SluiceError | undefined {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const failed = (text: string) => new SluiceError('TLS_FAILED', text, { cause: error });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return failed('the certificate of the server is for other host names than the one connected to.');
  }
  if (typeof code === 'string' && untrusted.has(code)) {
    return failed(`the certificate of the server is signed by no CA that is trusted here (${code}).`);
  }
  if (typeof code === 'string' && /^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|INVALID_CA|HOSTNAME_MISMATCH)/.test(code)) {
    return failed(`TLS failed (${code}).`);
  }
  if (message === 'The server does not support SSL connections') {
    return failed('the server offers no TLS; sslmode=disable in the URL connects without.');
  }
  return undefined;
}
