import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The program of Chromium or of a browser made from it: that of SLUICE_CHROMIUM, else of the distribution; undefined for none. */
export function findChromium(): string | undefined {
  const { SLUICE_CHROMIUM: chosen, PATH = '' } = process.env;
  if (chosen !== undefined) return existsSync(chosen) ? chosen : undefined;
  const paths = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return paths.find((path) => existsSync(path));
}
