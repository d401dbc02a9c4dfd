import { connectorId } from '../../shared/contract/resource-name.ts';
import { serviceNames } from '../services/service.ts';
import type { LogFile } from './log-file.ts';

/** Stages of what runs in a local stack: made by its REST API, and deployed to its LocalStack. */
const stages = ['local', 'default'];
const functionLog = /^sluice-/;

/** Logs that services write besides one of their own name. */
const furtherLogs: Readonly<Record<string, (log: string) => boolean>> = {
  broker: (log) => log === 'kafka',
  lambda: (log) => log === 'localstack' || functionLog.test(log),
};

/**
 * The logs that a name stands for: a log's own name, a service (the stack's log when it writes none of its own) or a
 * connector, which has one a function. None when nothing has the name.
 */
export function findLogs(files: readonly LogFile[], name: string): readonly LogFile[] {
  const named = files.filter((file) => file.name === name || furtherLogs[name]?.(file.name));
  if (named.length > 0) return named;
  if (serviceNames.some((service) => service === name)) return files.filter((file) => file.name === 'stack');
  const prefixes = stages.map((stage) => `sluice-${stage}-${connectorId(stage, name)}-`);
  return files.filter((file) => prefixes.some((prefix) => file.name.startsWith(prefix)));
}
