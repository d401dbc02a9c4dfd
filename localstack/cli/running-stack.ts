import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ServiceName } from '../services/service.ts';
import { fetchStatus } from '../stack/control-client.ts';
import { readLivingRunRecord } from '../stack/run-file.ts';

/**
 * URL of a service of the stack that runs in the folder, as the stack itself tells it.
 *
 * @throws SluiceError STACK_STOPPED when no stack runs there or the service is not up
 */
export async function fetchServiceUrl(dataDir: string, service: ServiceName): Promise<string> {
  const record = readLivingRunRecord(dataDir);
  if (record === undefined) {
    throw new SluiceError('STACK_STOPPED', `No stack runs in ${dataDir}: start it with "sluice start".`);
  }
  const services = (await fetchStatus(record)) ?? record.services;
  const url = services.find(({ name }) => name === service)?.url;
  if (url === undefined || url === null) {
    throw new SluiceError('STACK_STOPPED', `${service} is not up: start it with "sluice start ${service}".`);
  }
  return url;
}
