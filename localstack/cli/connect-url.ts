import { Option } from 'commander';
import { dataDirOption } from './data-dir-option.ts';
import { fetchServiceUrl } from './running-stack.ts';

/** Options by which a command finds the Connect REST API. */
export interface ConnectOptions {
  readonly dataDir: string;
  readonly url?: string;
}

/** `--data-dir` and `--url`: the API of a local stack, or any other. */
export function connectOptions(): readonly Option[] {
  const url = new Option('--url <url>', 'Connect REST API to speak to (default: that of the local stack)');
  return [dataDirOption(), url.env('SLUICE_CONNECT_URL').argParser((text) => text.replace(/\/+$/, ''))];
}

/** URL of a path of the API, each part of which is escaped. @throws SluiceError STACK_STOPPED */
export async function toConnectUrl({ dataDir, url }: ConnectOptions, ...path: readonly string[]): Promise<string> {
  const base = url ?? (await fetchServiceUrl(dataDir, 'connect'));
  return [base, ...path.map(encodeURIComponent)].join('/');
}
