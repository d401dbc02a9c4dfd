/** A schema of the OpenAPI document. */
export type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' } as const;
const number = { type: 'integer' } as const;
const flag = { type: 'boolean' } as const;
const list = (items: Schema): Schema => ({ type: 'array', items });
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const map = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });

/** An object whose properties are required, but for those of `optional`. */
function object(properties: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return { type: 'object', required: Object.keys(properties), properties: { ...properties, ...optional } };
}

const nullable = (schema: Schema): Schema => ({ ...schema, type: [schema.type, 'null'] });
const state = { type: 'string', enum: ['UNASSIGNED', 'RUNNING', 'PAUSED', 'FAILED', 'RESTARTING', 'STOPPED'] } as const;
const place = { topic: text, partition: number, offset: number };

/** Bodies of requests and answers. */
export const schemas: Readonly<Record<string, Schema>> = {
  Object: { type: 'object' },
  Names: list(text),
  Error: object({ error_code: number, message: text }),
  ServerInfo: object({ version: text, commit: text, kafka_cluster_id: text }),
  Health: object({ status: { type: 'string', enum: ['healthy', 'starting', 'unhealthy'] }, message: text }),
  Config: map({ type: ['string', 'number', 'boolean'] }),
  ConfigPatch: map({ type: ['string', 'number', 'boolean', 'null'] }),
  CreateConnector: object({ name: text, config: ref('Config') }, { initial_state: text }),
  ConnectorInfo: object({
    name: text,
    config: map(text),
    tasks: list(object({ connector: text, task: number })),
    type: { type: 'string', enum: ['sink'] },
  }),
  ConnectorList: {
    anyOf: [list(text), map(object({}, { status: ref('ConnectorState'), info: ref('ConnectorInfo') }))],
  },
  TaskState: object({ id: number, state, worker_id: text }, { trace: text }),
  ConnectorState: object(
    {
      name: text,
      connector: object({ state, worker_id: text }, { trace: text }),
      tasks: list(ref('TaskState')),
      type: { type: 'string', enum: ['sink'] },
    },
    { progress: ref('Progress') },
  ),
  Progress: {
    anyOf: [
      object({
        partitions: list(
          object({
            topic: text,
            partition: number,
            nextOffset: number,
            task: nullable(number),
            lag: nullable(number),
            commitAgeMs: number,
            applied: number,
            filtered: number,
            duplicate: number,
            deadLettered: number,
          }),
        ),
        isCut: flag,
        openDeadLetters: number,
        totals: map(number),
      }),
      object({ error: text }),
    ],
  },
  TaskList: list(object({ id: object({ connector: text, task: number }), config: map(text) })),
  Offsets: object({
    offsets: list({
      type: 'object',
      required: ['partition'],
      properties: {
        partition: { type: 'object', required: ['kafka_topic', 'kafka_partition'] },
        offset: { type: ['object', 'null'] },
      },
    }),
  }),
  OffsetsChange: object({ message: text }, { rewound: list({ type: 'object' }) }),
  Gap: object({ topic: text, partition: number }, { nextOffset: number }),
  RecordPlace: object(place),
  Changed: object({ changed: number }),
  LetterSelection: object({}, { letters: list(object(place)), topic: text, code: text, all: flag, limit: number }),
  DeadLetterPage: object({ letters: list(ref('DeadLetter')), hasMore: flag }),
  DeadLetter: object({ ...place, stage: text, code: text, message: text, state: text, createdAt: text }),
  PluginList: list(object({ class: text, type: text }, { version: text })),
  ConfigKey: object({
    name: text,
    type: text,
    required: flag,
    default_value: nullable(text),
    importance: text,
    documentation: text,
    group: nullable(text),
    width: text,
    display_name: nullable(text),
    dependents: list(text),
    order: number,
  }),
  ConfigKeys: list(ref('ConfigKey')),
  ConfigInfos: object({
    name: text,
    error_count: number,
    groups: list(text),
    configs: list(
      object({
        definition: { anyOf: [ref('ConfigKey'), { type: 'null' }] },
        value: object({
          name: text,
          value: nullable(text),
          recommended_values: list(text),
          errors: list(text),
          visible: flag,
        }),
      }),
    ),
  }),
  Preview: object({ config: ref('Config'), records: list(object(place, { key: text, value: text })) }),
  LoggerLevel: object({ level: text }, { last_modified: nullable(number) }),
};
