import { toTextTable } from './text-table.ts';

/** `GET /connectors/NAME/status` of the Kafka Connect REST API. */
export interface ConnectorStatus {
  readonly name: string;
  readonly connector: { readonly state: string; readonly worker_id: string; readonly trace?: string };
  readonly tasks: readonly { readonly id: number; readonly state: string; readonly trace?: string }[];
}

/** One line a connector. */
export function describeConnectors(statuses: readonly ConnectorStatus[]): string {
  const columns = ['name', 'state', 'tasks'].map((name) => ({ name, align: 'left' as const }));
  return toTextTable(
    columns,
    statuses.map(({ name, connector, tasks }) => [name, connector.state, tasks.map(({ state }) => state).join(', ')]),
  );
}

/** The connector, then each task, with the reason below the one that failed. */
export function describeStatus({ name, connector, tasks }: ConnectorStatus): string {
  const parts = [{ label: name, ...connector }, ...tasks.map((task) => ({ label: `  task ${task.id}`, ...task }))];
  const width = Math.max(...parts.map(({ label }) => label.length));
  return parts
    .flatMap(({ label, state, trace }) => [`${label.padEnd(width)}  ${state}`, ...(trace ? [indent(trace)] : [])])
    .join('\n');
}

/** A trace may hold SQL of several lines. */
function indent(trace: string): string {
  return trace.replaceAll(/^(?=.)/gm, '    ');
}
