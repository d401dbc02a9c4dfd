import type { ShownMapping, StackStatus } from './stack-status.ts';

/** The status for a person: a headline, a line a service, and a line a mapping with its last error below. */
export function describeStackStatus(status: StackStatus): string {
  const width = Math.max(...status.services.map(({ name }) => name.length));
  const lines = status.services.map(({ name, state, url, reason }) =>
    `  ${name.padEnd(width)}  ${state.padEnd(8)}  ${url ?? reason ?? ''}`.trimEnd(),
  );
  return [headline(status), ...lines, ...leftOvers(status), ...describeMappings(status.mappings)].join('\n');
}

function describeMappings(mappings: readonly ShownMapping[]): string[] {
  if (mappings.length === 0) return [];
  const topicWidth = Math.max(...mappings.map(({ topic }) => topic.length));
  const names = mappings.map(({ functionArn }) => functionArn.split(':')[6] ?? functionArn);
  const nameWidth = Math.max(...names.map((name) => name.length));
  const lines = mappings.flatMap(({ topic, state, lag, lastError, stateTransitionReason }, at) => {
    const lagText = lag === null ? 'lag unknown' : `lag ${lag}`;
    const line = `  ${topic.padEnd(topicWidth)}  ${names[at]!.padEnd(nameWidth)}  ${state.padEnd(8)}  ${lagText}`;
    const problem = lastError ?? stateTransitionReason;
    return problem === undefined ? [line] : [line, `    ${problem}`];
  });
  return ['topics and the functions that take their records:', ...lines];
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
