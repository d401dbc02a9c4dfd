import { isSluiceError, SluiceError } from '../../errors/sluice-error.ts';
import type { ConverterPorts } from '../converter-ports.ts';
import { checkHost, toConnectionError } from './connection-error.ts';
import { exchange } from './exchange.ts';
import { readTlsOptions, type TokenReader } from './registry-login.ts';
import type { HttpRegistrySettings, RegistryAuth } from './registry-settings.ts';

const maxTokenBytes = 1_000_000;
/** Of a token whose issuer does not say how long it holds. */
const usualLifeSeconds = 300;

/**
 * Asks an issuer for tokens by client credentials, the client's login in the header as Kafka's clients send it. A token is
 * kept until the settings' buffer before its end; calls at a time share one request.
 *
 * Source: RFC 6749, 4.4; Apache Kafka, `HttpAccessTokenRetriever`.
 */
export function createTokenReader(
  auth: Extract<RegistryAuth, { kind: 'oauth' }>,
  { tls, connectTimeoutMs, readTimeoutMs }: HttpRegistrySettings,
  ports: ConverterPorts,
): TokenReader {
  let kept: { readonly token: Promise<string>; until: number } | undefined;
  const fetchToken = async (): Promise<{ token: string; seconds: number }> => {
    checkHost(auth.issuerUrl, ports.allowedHosts);
    const [id, secret] = [await ports.resolveSecret(auth.clientId), await ports.resolveSecret(auth.clientSecret)];
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(auth.scope && { scope: auth.scope }) });
    const who = new URL(auth.issuerUrl).host;
    const answer = await exchange({
      url: auth.issuerUrl,
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: form.toString(),
      tls: await readTlsOptions(tls, ports.resolveSecret),
      connectTimeoutMs,
      readTimeoutMs,
      maxBytes: maxTokenBytes,
      allowedHosts: ports.allowedHosts,
    }).catch((error: unknown) => {
      if (isSluiceError(error)) throw error;
      const { errorClass, message } = toConnectionError(error, auth.issuerUrl);
      const code = errorClass === 'operator' ? 'REGISTRY_REFUSED' : 'REGISTRY_UNAVAILABLE';
      throw new SluiceError(code, `No token for the schema registry: ${message}`, { cause: error });
    });
    const { status } = answer;
    if (status >= 500 || status === 429 || status === 408) {
      throw new SluiceError('REGISTRY_UNAVAILABLE', `The issuer of tokens at ${who} answered with status ${status}.`);
    }
    const { access_token: token, expires_in: seconds } = parseToken(status, answer.text);
    if (typeof token !== 'string' || token === '') {
      throw new SluiceError('REGISTRY_REFUSED', `The issuer of tokens at ${who} gave none (status ${status}).`);
    }
    return { token, seconds: Number(seconds) > 0 ? Number(seconds) : usualLifeSeconds };
  };
  const renew = (): Promise<string> => {
    const fetched = fetchToken();
    const mine = { token: fetched.then(({ token }) => token), until: Number.POSITIVE_INFINITY };
    kept = mine;
    fetched.then(
      // A buffer longer than the token's life would ask for one with every request.
      ({ seconds }) => {
        mine.until = ports.now() + Math.max(seconds * 1000 - auth.expiryBufferMs, (seconds * 1000) / 2);
      },
      () => {
        if (kept === mine) kept = undefined;
      },
    );
    return mine.token;
  };
  return {
    read: () => (kept !== undefined && ports.now() < kept.until ? kept.token : renew()),
    forget: () => {
      kept = undefined;
    },
  };
}

function parseToken(status: number, text: string): { access_token?: unknown; expires_in?: unknown } {
  if (status !== 200) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // The parser's message would quote the token.
    return {};
  }
}
