import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { MappingStatus } from '../event-source/event-source-status.ts';
import type { RunRecord } from './run-file.ts';
import type { ServiceStatus } from './service-set.ts';

const statusTimeoutMs = 3_000;

/** Services of a living stack as it tells them; undefined when its process does not answer. */
export function fetchStatus(record: RunRecord): Promise<readonly ServiceStatus[] | undefined> {
  return fetchFrom(record, 'status');
}

/** Event source mappings of a living stack as its driver tells them; undefined when its process does not answer. */
export function fetchMappings(record: RunRecord): Promise<readonly MappingStatus[] | undefined> {
  return fetchFrom(record, 'mappings');
}

async function fetchFrom<Answer>(record: RunRecord, path: string): Promise<Answer | undefined> {
  try {
    const response = await fetch(`${record.control.url}/${path}`, {
      headers: authorization(record),
      signal: AbortSignal.timeout(statusTimeoutMs),
    });
    return response.ok ? ((await response.json()) as Answer) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Has a living stack start or stop a service (or all of them) and tells its lines as they come. Fulfilled when it is
 * done, with false when the stack's process did not answer or broke off.
 *
 * @throws SluiceError SERVICE_FAILED with the stack's own sentence
 */
export async function requestChange(
  record: RunRecord,
  verb: 'start' | 'stop',
  service: string | undefined,
  say: (line: string) => void,
): Promise<boolean> {
  try {
    const url = `${record.control.url}/${verb}${service === undefined ? '' : `/${encodeURIComponent(service)}`}`;
    const response = await fetch(url, { method: 'POST', headers: authorization(record) });
    if (response.body === null) return false;
    for await (const text of createInterface({ input: Readable.fromWeb(response.body) })) {
      const message = JSON.parse(text) as { line?: string; done?: true; error?: string };
      if (message.error !== undefined) throw new SluiceError('SERVICE_FAILED', message.error);
      if (message.done) return true;
      if (message.line !== undefined) say(message.line);
    }
    return false;
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    return false;
  }
}

function authorization(record: RunRecord): Record<string, string> {
  return { authorization: `Bearer ${record.control.token}` };
}
