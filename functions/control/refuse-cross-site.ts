import type { Context } from 'hono';
import { RestError } from './rest-error.ts';

/**
 * Refuses what a web page of another origin sends: browsers say so in `Origin` or `Sec-Fetch-Site`, and clients that are no
 * browsers send neither. Reading would need headers that this API never gives; changing must not work either.
 *
 * @throws RestError 403
 */
export function refuseCrossSite(context: Context): void {
  const origin = context.req.header('origin');
  const site = context.req.header('sec-fetch-site');
  const isForeign = origin !== undefined && hostOf(origin) !== context.req.header('host')?.toLowerCase();
  // A link or an address that was typed is `none`; a page of the same site on another port is still another one.
  const isCrossSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (isForeign || isCrossSite) throw new RestError(403, 'Requests of web pages of another origin are refused.');
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}
