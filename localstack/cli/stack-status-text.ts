import type { StackStatus } from './stack-status.ts';

/** The status for a person: a headline, then a line a service. */
export function describeStackStatus(status: StackStatus): string {
  const width = Math.max(...status.services.map(({ name }) => name.length));
  const lines = status.services.map(({ name, state, url, reason }) =>
    `  ${name.padEnd(width)}  ${state.padEnd(8)}  ${url ?? reason ?? ''}`.trimEnd(),
  );
  return [headline(status), ...lines, ...leftOvers(status)].join('\n');
}

function headline({ state, pid, startedAt, dataDir }: StackStatus): string {
  if (state === 'stopped') return `stopped, data in ${dataDir}`;
  const answer = state === 'unresponsive' ? ' does not answer,' : '';
  return `${state === 'running' ? 'running' : 'process'}${answer} process ${pid} since ${startedAt}, data in ${dataDir}`;
}

function leftOvers({ leftOverPids }: StackStatus): string[] {
  if (leftOverPids.length === 0) return [];
  return [
    `  A stack that was killed left process ${leftOverPids.join(', ')}: "sluice start" takes it over, "sluice stop" ends it.`,
  ];
}
