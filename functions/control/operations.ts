import type { Scope } from './scope.ts';

/** One call of the API: what the OpenAPI document says of it, and who may send it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As the router writes it, `:name` for one segment. */
  readonly path: string;
  readonly scope: Scope;
  readonly summary: string;
  /** True: Kafka Connect does not have it. */
  readonly isOwn?: boolean;
  /** Parameters of the query with what they mean. */
  readonly query?: Readonly<Record<string, string>>;
  /** Name of the body's schema. */
  readonly body?: string;
  /** Schema of each answer that is no error by status; null for one without body. */
  readonly answers: Readonly<Record<number, string | null>>;
}

const forward = { forward: 'Accepted and without effect.' };

/** Every call of the API. The routes are held to it by a contract test. */
export const operations: readonly Operation[] = [
  { method: 'get', path: '/', scope: 'read', summary: 'Version and cluster', answers: { 200: 'ServerInfo' } },
  { method: 'get', path: '/health', scope: 'read', summary: 'Whether AWS Lambda answers', answers: { 200: 'Health' } },
  {
    method: 'get',
    path: '/openapi.json',
    scope: 'read',
    summary: 'This document',
    isOwn: true,
    answers: { 200: 'Object' },
  },
  {
    method: 'get',
    path: '/connectors',
    scope: 'read',
    summary: 'Names of the connectors, or with expand their state and configuration',
    query: { expand: '`status`, `info`; may be repeated.' },
    answers: { 200: 'ConnectorList' },
  },
  {
    method: 'post',
    path: '/connectors',
    scope: 'configure',
    summary: 'Create a connector',
    query: forward,
    body: 'CreateConnector',
    answers: { 201: 'ConnectorInfo' },
  },
  {
    method: 'get',
    path: '/connectors/:name',
    scope: 'read',
    summary: 'Configuration and tasks',
    answers: { 200: 'ConnectorInfo' },
  },
  {
    method: 'delete',
    path: '/connectors/:name',
    scope: 'configure',
    summary: 'Delete a connector; its tables and its ledger stay',
    query: forward,
    answers: { 204: null },
  },
  {
    method: 'get',
    path: '/connectors/:name/config',
    scope: 'read',
    summary: 'Configuration',
    answers: { 200: 'Config' },
  },
  {
    method: 'put',
    path: '/connectors/:name/config',
    scope: 'configure',
    summary: 'Create a connector, or replace its configuration',
    query: forward,
    body: 'Config',
    answers: { 200: 'ConnectorInfo', 201: 'ConnectorInfo' },
  },
  {
    method: 'patch',
    path: '/connectors/:name/config',
    scope: 'configure',
    summary: 'Change properties; null removes one',
    query: forward,
    body: 'ConfigPatch',
    answers: { 200: 'ConnectorInfo' },
  },
  {
    method: 'get',
    path: '/connectors/:name/status',
    scope: 'read',
    summary: 'State of the connector and its tasks',
    query: { expand: '`progress`: how far every partition is, which Kafka Connect does not have.' },
    answers: { 200: 'ConnectorState' },
  },
  ...(['pause', 'resume', 'stop'] as const).map(
    (verb): Operation => ({
      method: 'put',
      path: `/connectors/:name/${verb}`,
      scope: 'operate',
      summary: { pause: 'Stop reading', resume: 'Go on reading', stop: 'Stop reading and give up the tasks' }[verb],
      answers: { [verb === 'stop' ? 204 : 202]: null },
    }),
  ),
  {
    method: 'post',
    path: '/connectors/:name/restart',
    scope: 'operate',
    summary: 'Restart the connector, and its tasks if asked for',
    query: { includeTasks: '`true`: its tasks, too.', onlyFailed: '`true`: only what failed.', ...forward },
    answers: { 202: 'ConnectorState', 204: null },
  },
  { method: 'get', path: '/connectors/:name/tasks', scope: 'read', summary: 'Tasks', answers: { 200: 'TaskList' } },
  {
    method: 'get',
    path: '/connectors/:name/tasks-config',
    scope: 'read',
    summary: 'Configuration of the tasks, as before Kafka Connect 4.0',
    answers: { 200: 'Object' },
  },
  {
    method: 'get',
    path: '/connectors/:name/tasks/:task/status',
    scope: 'read',
    summary: 'State of a task',
    answers: { 200: 'TaskState' },
  },
  {
    method: 'post',
    path: '/connectors/:name/tasks/:task/restart',
    scope: 'operate',
    summary: 'Restart a task',
    query: forward,
    answers: { 204: null },
  },
  { method: 'get', path: '/connectors/:name/topics', scope: 'read', summary: 'Topics', answers: { 200: 'Object' } },
  {
    method: 'put',
    path: '/connectors/:name/topics/reset',
    scope: 'operate',
    summary: 'Forget which topics were read so far',
    answers: { 202: null },
  },
  {
    method: 'get',
    path: '/connectors/:name/offsets',
    scope: 'read',
    summary: 'Next offset of every partition, from the ledger',
    answers: { 200: 'Offsets' },
  },
  {
    method: 'patch',
    path: '/connectors/:name/offsets',
    scope: 'operate',
    summary: 'Move offsets of a stopped connector, forwards or backwards',
    query: {
      generation:
        'For a connector that CDK manages: the generation that was deployed so that its topics are read anew.',
      startTimestamp:
        'Milliseconds since the epoch: a topic that is rewound is read from there, not from its beginning.',
    },
    body: 'Offsets',
    answers: { 200: 'OffsetsChange' },
  },
  {
    method: 'delete',
    path: '/connectors/:name/offsets',
    scope: 'operate',
    summary: 'Forget all offsets of a stopped connector, so that its topics are read anew',
    query: { generation: 'As for PATCH.', startTimestamp: 'As for PATCH.' },
    answers: { 200: 'OffsetsChange' },
  },
  {
    method: 'post',
    path: '/connectors/:name/offsets/accept-gap',
    scope: 'operate',
    summary: 'Accept offsets that never came',
    isOwn: true,
    body: 'Gap',
    answers: { 200: 'Changed' },
  },
  ...['/connectors/:name/park', '/connectors/:name/dead-letters/park'].map(
    (path): Operation => ({
      method: 'post',
      path,
      scope: 'operate',
      summary: 'Have one record become a dead letter before it is decoded',
      isOwn: true,
      body: 'RecordPlace',
      answers: { 200: 'Changed' },
    }),
  ),
  {
    method: 'get',
    path: '/connectors/:name/dead-letters',
    scope: 'read',
    summary: 'A page of dead letters, without their payloads',
    isOwn: true,
    query: {
      state: '`open` (default) or `all`.',
      limit: '1 to 500; 50 when absent.',
      code: 'Only those with this error code.',
      table: 'Only those of this target table, `schema.table`.',
      topic: 'Only those of this topic.',
      since: 'Only those that came then or later (ISO 8601).',
      until: 'Only those that came before (ISO 8601).',
      afterTopic: 'With afterPartition and afterOffset: the last letter of the page before.',
      afterPartition: 'See afterTopic.',
      afterOffset: 'See afterTopic.',
    },
    answers: { 200: 'DeadLetterPage' },
  },
  ...['/connectors/:name/dead-letters/:id', '/connectors/:name/dead-letters/:topic/:partition/:offset'].map(
    (path): Operation => ({
      method: 'get',
      path,
      scope: 'read',
      summary: 'A dead letter; its id is `topic:partition:offset`',
      isOwn: true,
      query: { payload: '`true`: with key, value and headers, raw and decoded, which needs the scope payload.' },
      answers: { 200: 'DeadLetter' },
    }),
  ),
  ...(['redrive', 'discard'] as const).map(
    (verb): Operation => ({
      method: 'post',
      path: `/connectors/:name/dead-letters/${verb}`,
      scope: 'operate',
      summary: verb === 'redrive' ? 'Send dead letters through the connector again' : 'Settle dead letters unapplied',
      isOwn: true,
      body: 'LetterSelection',
      answers: { 200: 'Object' },
    }),
  ),
  {
    method: 'get',
    path: '/connector-plugins',
    scope: 'read',
    summary: 'Plugins',
    query: { connectorsOnly: '`false`: converters, transformations and predicates, too.' },
    answers: { 200: 'PluginList' },
  },
  {
    method: 'get',
    path: '/connector-plugins/:plugin/config',
    scope: 'read',
    summary: 'Properties of a plugin',
    answers: { 200: 'ConfigKeys' },
  },
  {
    method: 'put',
    path: '/connector-plugins/:plugin/config/validate',
    scope: 'configure',
    summary: 'Validate a configuration',
    query: { dryRun: '`true`: also against its target database.' },
    body: 'Config',
    answers: { 200: 'ConfigInfos' },
  },
  {
    method: 'post',
    path: '/connector-plugins/:plugin/config/preview',
    scope: 'configure',
    summary: 'What would become of records: a verdict and the SQL for each; nothing is written',
    isOwn: true,
    body: 'Preview',
    answers: { 200: 'Object' },
  },
  { method: 'get', path: '/admin/loggers', scope: 'read', summary: 'Log levels', answers: { 200: 'Object' } },
  {
    method: 'get',
    path: '/admin/loggers/:logger',
    scope: 'read',
    summary: 'Level of one logger',
    answers: { 200: 'LoggerLevel' },
  },
  {
    method: 'put',
    path: '/admin/loggers/:logger',
    scope: 'operate',
    summary: 'Set a log level',
    query: { scope: '`worker` (default) answers the loggers, `cluster` nothing.' },
    body: 'LoggerLevel',
    answers: { 200: 'Names', 204: null },
  },
];

/** The call that a request is; undefined for none. Among patterns that fit, one without parameters wins. */
export function findOperation(method: string, path: string): Operation | undefined {
  return operations
    .filter((operation) => operation.method === method.toLowerCase() && fitsPath(operation.path, path))
    .sort((a, b) => a.path.split(':').length - b.path.split(':').length)[0];
}

/** Whether a path fits a route's pattern, `:name` standing for one segment. */
export function fitsPath(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern, path].map((text) => text.split('/').filter((segment) => segment !== ''));
  return (
    wanted!.length === given!.length &&
    wanted!.every((segment, index) => segment.startsWith(':') || segment === given![index])
  );
}
