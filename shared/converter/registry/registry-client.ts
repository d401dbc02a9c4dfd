import { setTimeout as delay } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../errors/sluice-error.ts';
import type { ConverterPorts } from '../converter-ports.ts';
import { checkHost, isTlsFailure, maxAnswerBytes, toConnectionError } from './connection-error.ts';
import { exchange, type HttpAnswer, type TlsOptions } from './exchange.ts';
import { limitConcurrency } from './limit-concurrency.ts';
import { createTokenReader } from './oauth-token.ts';
import { createRegistryLogin, readTlsOptions } from './registry-login.ts';
import type { HttpRegistrySettings } from './registry-settings.ts';

/** Asks a registry with Confluent's API. */
export interface RegistryClient {
  /**
   * The JSON object at a path, such as `/schemas/ids/1`; undefined when the registry says that there is none (404).
   *
   * @throws SluiceError `REGISTRY_UNAVAILABLE`, `REGISTRY_REFUSED`, `HOST_NOT_ALLOWED`, `SCHEMA_UNKNOWN` for an answer that
   *   is too large, and what reading secrets throws
   */
  get(path: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** Longest that one request takes, with every attempt. */
const maxTotalMs = 20_000;
/** Longest that nothing is asked of a registry that did not answer: a tenth of the time that this took. */
const maxPauseMs = 1_000;

const accept = 'application/vnd.schemaregistry.v1+json, application/json';

/** A client for the settings. URLs are tried in turn, beginning with the one that answered last. */
export function createRegistryClient(settings: HttpRegistrySettings, ports: ConverterPorts): RegistryClient {
  const { urls, maxRetries, retryWaitMs, maxRetryWaitMs } = settings;
  const login = createRegistryLogin(settings.auth, ports, (auth) => createTokenReader(auth, settings, ports));
  let preferred = 0;
  let tls: TlsOptions | undefined;
  const send = async (url: string, path: string, endsAt: number): Promise<HttpAnswer> => {
    checkHost(url, ports.allowedHosts);
    tls ??= await readTlsOptions(settings.tls, ports.resolveSecret);
    const headers = { accept, ...(await login.headers()) };
    const leftMs = Math.max(1, endsAt - ports.now());
    const connectTimeoutMs = Math.min(settings.connectTimeoutMs, leftMs);
    const readTimeoutMs = Math.min(settings.readTimeoutMs, leftMs);
    const { allowedHosts } = ports;
    const limits = { connectTimeoutMs, readTimeoutMs, maxBytes: maxAnswerBytes, allowedHosts };
    return exchange({ url: url + path, method: 'GET', headers, tls, ...limits });
  };
  /** One attempt at every URL. Answers, or throws the failure of the last. */
  const attempt = async (path: string, endsAt: number) => {
    let failure: SluiceError | undefined;
    for (let tried = 0; tried < urls.length; tried++) {
      const index = (preferred + tried) % urls.length;
      try {
        const answer = await send(urls[index]!, path, endsAt);
        preferred = index;
        return parseAnswer(answer, urls[index]!, path);
      } catch (error) {
        const told = isSluiceError(error) ? error : toConnectionError(error, urls[index]!);
        if (told.errorClass !== 'transient' && !isTlsFailure(error)) throw told;
        if (failure?.errorClass !== 'transient') failure = told;
        if (ports.now() >= endsAt) break;
      }
    }
    throw failure!;
  };
  const persist = async (path: string, endsAt: number) => {
    let mayLogInAgain = true;
    for (let retries = 0; ; ) {
      try {
        return await attempt(path, endsAt);
      } catch (error) {
        if (!isSluiceError(error)) throw error;
        if (error.code === 'REGISTRY_REFUSED') {
          tls = undefined;
          const hasOthers = login.forget();
          if (!hasOthers || !mayLogInAgain) throw error;
          mayLogInAgain = false;
          continue;
        }
        const waitMs = Math.min(retryWaitMs * 2 ** retries, maxRetryWaitMs);
        if (error.errorClass !== 'transient' || retries >= maxRetries || ports.now() + waitMs >= endsAt) throw error;
        retries++;
        await delay(waitMs);
      }
    }
  };
  let away: { readonly error: SluiceError; readonly until: number } | undefined;
  const get = async (path: string) => {
    const startsAt = ports.now();
    if (away !== undefined && startsAt < away.until) throw away.error;
    try {
      return await persist(path, startsAt + maxTotalMs);
    } catch (error) {
      if (isSluiceError(error, 'transient')) {
        // Each partition of a batch asks by itself; together they shall not wait for as long as the function has.
        const endedAt = ports.now();
        away = { error, until: endedAt + Math.min((endedAt - startsAt) / 10, maxPauseMs) };
      }
      throw error;
    }
  };
  return { get: limitConcurrency(get) };
}

function parseAnswer(
  { status, text }: HttpAnswer,
  url: string,
  path: string,
): Readonly<Record<string, unknown>> | undefined {
  const what = `The schema registry at ${new URL(url).host} answered ${path} with`;
  if (status === 404) return undefined;
  if (status === 200) {
    const parsed = parseObject(text);
    if (parsed !== undefined) return parsed;
    throw new SluiceError('REGISTRY_REFUSED', `${what} something else than a JSON object; it is no schema registry.`);
  }
  const passes = status >= 500 || status === 429 || status === 408;
  if (passes) throw new SluiceError('REGISTRY_UNAVAILABLE', `${what} status ${status}.`);
  const hint = status >= 300 && status < 400 ? '; redirects are not followed, name the address that it points to' : '';
  throw new SluiceError('REGISTRY_REFUSED', `${what} status ${status}${hint}.`);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
