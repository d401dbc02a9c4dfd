import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where programs that are downloaded once are kept for every checkout and data folder of this user: `SLUICE_CACHE_DIR`,
 * else the platform's place for caches.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { SLUICE_CACHE_DIR, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (SLUICE_CACHE_DIR) return SLUICE_CACHE_DIR;
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'sluice', 'cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'sluice');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'sluice');
}
