/** What a confirmation says. */
export interface ActionTexts {
  readonly label: string;
  /** What will happen, in sentences. */
  readonly consequence: string;
}

/** Every English text of the console's pages. */
export const texts = {
  product: 'Sluice',
  skip: 'Skip to content',
  connectors: 'Connectors',
  noConnectors: 'There are no connectors yet.',
  connector: 'Connector',
  state: 'State',
  rate: 'Records/s',
  lag: 'Lag (records)',
  committed: 'Last commit',
  letters: 'Open dead letters',
  trouble: 'Trouble',
  tasks: 'Tasks',
  task: 'Task',
  why: 'Why',
  partitions: 'Partitions',
  topic: 'Topic',
  partition: 'Partition',
  nextOffset: 'Next offset',
  endOffset: 'End offset',
  applied: 'Applied',
  filtered: 'Filtered',
  duplicate: 'Duplicate',
  deadLettered: 'Dead-lettered',
  blocked: 'Blocked',
  blockedPartitions: 'What is blocked, and what to do',
  whatToDo: 'What to do',
  since: 'Since',
  noPartitions: 'The ledger knows no partition yet.',
  cut: 'There are more partitions than are shown.',
  configuration: 'Configuration',
  property: 'Property',
  value: 'Value',
  meaning: 'Meaning',
  actions: 'Actions',
  cancel: 'Cancel',
  notKnown: 'not known',
  none: 'none',
  failed: 'That did not work',
  act: {
    pause: {
      label: 'Pause',
      consequence: 'It stops reading. Batches that run are finished. It keeps its place, and resuming goes on there.',
    },
    resume: { label: 'Resume', consequence: 'It goes on reading where it stands.' },
    stop: {
      label: 'Stop',
      consequence:
        'It stops reading and gives up its tasks (the event source mappings), so that offsets can be moved. Its tables, ledger and place stay; resuming makes the tasks again.',
    },
    restart: {
      label: 'Restart',
      consequence:
        'Its tasks run in fresh processes by new connections. A batch that is cut off is delivered again and applied once.',
    },
  } satisfies Record<string, ActionTexts>,
} as const;

/** What can be done to a connector. */
export type ActionName = keyof typeof texts.act;
