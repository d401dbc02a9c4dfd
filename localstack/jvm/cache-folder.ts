import { fileURLToPath } from 'node:url';

/** In the checkout, so that deleting its `.sluice` deletes all that it made. */
const checkoutCache = fileURLToPath(new URL('../../.sluice/cache', import.meta.url));

/**
 * Where programs that are downloaded once are kept for every data folder of this checkout: `.sluice/cache` in it.
 * `SLUICE_CACHE_DIR` names another folder, which several checkouts may share.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.SLUICE_CACHE_DIR || checkoutCache;
}
