import { toTextTable } from './text-table.ts';

/** `GET /connectors/NAME/status` of the Kafka Connect REST API. */
export interface ConnectorStatus {
  readonly name: string;
  readonly connector: { readonly state: string; readonly worker_id: string; readonly trace?: string };
  readonly tasks: readonly { readonly id: number; readonly state: string; readonly trace?: string }[];
  /** Only where it was asked for. */
  readonly progress?:
    | { readonly error: string }
    | { readonly partitions: readonly PartitionProgress[]; readonly openDeadLetters: number };
}

interface PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: number;
  readonly lag: number | null;
  readonly commitAgeMs: number;
  readonly applied: number;
  readonly filtered: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly blocked?: { readonly code: string };
}

/** One line a connector. */
export function describeConnectors(statuses: readonly ConnectorStatus[]): string {
  const columns = ['name', 'state', 'tasks'].map((name) => ({ name, align: 'left' as const }));
  return toTextTable(
    columns,
    statuses.map(({ name, connector, tasks }) => [name, connector.state, tasks.map(({ state }) => state).join(', ')]),
  );
}

/** Properties and values, one a line. */
export function describeConfig(config: Readonly<Record<string, string>>): string {
  const columns = ['property', 'value'].map((name) => ({ name, align: 'left' as const }));
  return toTextTable(columns, Object.entries(config));
}

/** The connector, then each task, with the reason below the one that failed, then how far it is. */
export function describeStatus({ name, connector, tasks, progress }: ConnectorStatus): string {
  const parts = [{ label: name, ...connector }, ...tasks.map((task) => ({ label: `  task ${task.id}`, ...task }))];
  const width = Math.max(...parts.map(({ label }) => label.length));
  const lines = parts.flatMap(({ label, state, trace }) => [
    `${label.padEnd(width)}  ${state}`,
    ...(trace ? [indent(trace)] : []),
  ]);
  return [...lines, ...(progress === undefined ? [] : ['', describeProgress(progress)])].join('\n');
}

function describeProgress(progress: NonNullable<ConnectorStatus['progress']>): string {
  if ('error' in progress) return progress.error;
  const columns = [
    { name: 'topic', align: 'left' as const },
    ...['partition', 'next offset', 'lag', 'committed', 'applied', 'filtered', 'dead letters'].map((name) => ({
      name,
      align: 'right' as const,
    })),
    { name: 'blocked', align: 'left' as const },
  ];
  const rows = progress.partitions.map((one) => [
    one.topic,
    String(one.partition),
    String(one.nextOffset),
    one.lag === null ? '' : String(one.lag),
    `${Math.round(one.commitAgeMs / 1000)} s ago`,
    String(one.applied),
    String(one.filtered),
    String(one.deadLettered),
    one.blocked?.code ?? '',
  ]);
  return `${toTextTable(columns, rows)}\n${progress.openDeadLetters} open dead letters`;
}

/** A trace may hold SQL of several lines. */
function indent(trace: string): string {
  return trace.replaceAll(/^(?=.)/gm, '    ');
}
