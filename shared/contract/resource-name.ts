import { createHash } from 'node:crypto';

/** The part that a function plays for its connector. */
export type FunctionRole = 'sink' | 'filter' | 'admin';

/** Longest name of a Lambda function (AWS Lambda, `CreateFunction`). */
const maxFunctionNameLength = 64;

/** The longest role, so that all functions of a connector share the same slug. */
const longestRole: FunctionRole = 'filter';

/** Longest name of a stage; it leaves a slug of at least 20 characters. */
export const maxStageLength = 20;

/**
 * A connector's name where only letters, digits, `-` and `_` may stand: a readable slug, then eight hexadecimal digits
 * of the name's SHA-256. Two names never share an id, and a name keeps its id whatever other connectors there are.
 */
export function connectorId(stage: string, connector: string): string {
  const hash = hashOf(connector);
  const room = maxFunctionNameLength - `sluice-${stage}--${hash}-${longestRole}`.length;
  const slug = connector.replaceAll(/[^A-Za-z0-9_]+/g, '-').slice(0, room);
  return `${slug.replaceAll(/^-+|-+$/g, '') || 'connector'}-${hash}`;
}

/** Whether the tags of functions can hold a connector's name; they allow `/` too, which would cut paths of the REST API. */
export function isDeployableName(name: string): boolean {
  return /^[A-Za-z0-9 _.:=+@-]{1,128}$/.test(name);
}

/** Name of a connector's function, at most 64 characters: `sluice-<stage>-<slug>-<hash of the name>-<role>`. */
export function functionName(stage: string, connector: string, role: FunctionRole): string {
  return `sluice-${stage}-${connectorId(stage, connector)}-${role}`;
}

/** Name of a function that the stage has once: the Connect REST API, and the admin function without a connector. */
export function stageFunctionName(stage: string, role: 'control' | 'admin'): string {
  return `sluice-${stage}-${role}`;
}

/** Alias of the published version that event source mappings and the filter function invoke. */
export const liveAlias = 'live';

/** Longest consumer group of an event source mapping (AWS Lambda, `ConsumerGroupId`). */
export const maxConsumerGroupIdLength = 200;

/**
 * Consumer group of one mapping: `sluice-<stage>-<connector>-<topic>`, with `:g<generation>` after a rewind; a connector
 * name with other characters than Lambda allows there stands as its id. A group id must be unique among event source
 * mappings, and a mapping has one topic; so eight hexadecimal digits of a hash follow where a `-` in the stage or the
 * topic would let two readings of one id be.
 */
export function consumerGroupId(stage: string, connector: string, topic: string, generation = 0): string {
  const name = /^[A-Za-z0-9_.=+@-]+$/.test(connector) ? connector : connectorId(stage, connector);
  const readable = `sluice-${stage}-${name}-${topic}`;
  const base = `${stage}${topic}`.includes('-') ? `${readable}-${hashOf(stage, name, topic)}` : readable;
  return generation === 0 ? base : `${base}:g${generation}`;
}

/**
 * How the names of a connector's own secrets and parameters begin, when REST made it: `sluice/<stage>/<connector>/`, with
 * the connector's id for a name that a secret cannot have.
 */
export function secretPrefix(stage: string, connector: string): string {
  const name = /^[A-Za-z0-9_.=+@-]+$/.test(connector) ? connector : connectorId(stage, connector);
  return `sluice/${stage}/${name}/`;
}

/** Eight hexadecimal digits of the texts' SHA-256; NUL stands in no name. */
function hashOf(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 8);
}

/** Value of the tag that says who manages a connector's configuration; absent: the Connect REST API. */
export const managedByCdk = 'cdk';

/** Tags of a connector's functions. Their values are the connector's only state besides configuration and ledger. */
export const tagName = {
  connector: 'sluice:connector',
  stage: 'sluice:stage',
  role: 'sluice:role',
  /** `cdk` on what a stack holds: its configuration changes by a deploy, not by REST. */
  managedBy: 'sluice:managed-by',
  /** RUNNING, PAUSED or STOPPED; DELETED once a deletion was begun. */
  targetState: 'sluice:target-state',
  /** Number of the last change of the connector that is complete. */
  change: 'sluice:change',
  /** Number of the last change that was begun; another number than that of `change`: it has to be finished. */
  wantedChange: 'sluice:wanted-change',
  /** Milliseconds since the epoch at which that change was begun; 0: nobody works on it any more. */
  begun: 'sluice:begun',
  /** Digest of what the deployment gives the functions of a connector made by REST; another one: they are renewed. */
  deployment: 'sluice:deployment',
  /** Milliseconds since the epoch before which topics do not count as read any more. */
  topicsReset: 'sluice:topics-reset',
} as const;
