/**
 * What went wrong decides what happens next. The class of a code is its policy:
 *
 * | class     | policy |
 * | --------- | ------ |
 * | config    | refuse to start; every problem is listed at once |
 * | data      | the record can never apply: dead letter, the partition goes on |
 * | order     | the record applies once another one has: the partition waits |
 * | transient | the partition is retried |
 * | operator  | the batch fails and an alarm rings; a person has to mend something |
 * | invariant | the batch fails; a bug of Sluice |
 */
export type ErrorClass = 'config' | 'data' | 'order' | 'transient' | 'operator' | 'invariant';

/** One row of the table: the class of a code and the sentence that tells an operator what to do about it. */
export interface ErrorEntry {
  readonly errorClass: ErrorClass;
  readonly action: string;
}

/** Every error code of Sluice. `docs/errors.md` holds the same rows; a contract test compares the two. */
export const errorTable = {
  CONFIG_INVALID: { errorClass: 'config', action: 'Correct the properties that the message names.' },

  EVENT_UNKNOWN: {
    errorClass: 'operator',
    action: 'Invoke the function from an Amazon MSK or self-managed Kafka event source mapping only.',
  },
  VALUE_NOT_JSON: { errorClass: 'data', action: 'Check that value.converter fits what the producer writes.' },
  VALUE_UNREADABLE: {
    errorClass: 'data',
    action: 'Check that value.converter and its options fit what the producer writes.',
  },
  SCHEMA_UNKNOWN: {
    errorClass: 'data',
    action:
      'The schema registry does not know the schema that the record names: check schema.registry.url, or restore it.',
  },
  KEY_UNREADABLE: {
    errorClass: 'data',
    action: 'Check that key.converter or header.converter fits what the producer writes.',
  },
  TRANSFORM_FAILED: {
    errorClass: 'data',
    action: 'The record does not fit a transform: correct transforms.*, or guard it with a predicate.',
  },
  FILTER_FAILED: {
    errorClass: 'data',
    action:
      'Correct the expression of filter.sql, or the value: PostgreSQL could not evaluate it on the record either.',
  },
  CHANGE_INVALID: {
    errorClass: 'data',
    action: 'The producer must send {op, before, after} with op c, u or d and the image that the op needs.',
  },
  KEY_MISSING: { errorClass: 'data', action: 'The images must carry a value for every primary key column.' },
  TABLE_UNNAMED: {
    errorClass: 'data',
    action:
      'The record must say its source table where table.name.format asks for it, and the name must have 1 to 63 bytes.',
  },
  TARGET_FORBIDDEN: {
    errorClass: 'data',
    action: 'Correct the name of the target table, or list its schema in target.schemas.',
  },
  COLUMN_UNKNOWN: {
    errorClass: 'data',
    action: 'Add the column to the target table, or leave it out with column.exclude.list or col.names.',
  },
  VALUE_OUT_OF_RANGE: { errorClass: 'data', action: 'Widen the target column, or correct the value at its source.' },
  VALUE_INVALID: { errorClass: 'data', action: 'The value does not fit the type of the target column.' },
  ROW_REJECTED: { errorClass: 'data', action: 'PostgreSQL refused the row; see sqlstate and column of the letter.' },
  ROW_EXISTS: {
    errorClass: 'data',
    action: 'A row with this key exists; use writeMode=upsert if it shall be overwritten.',
  },
  INCOMPLETE_ROW: {
    errorClass: 'data',
    action:
      'The row is new and the record does not hold all of it (an unavailable value). Load the row from its source, or ' +
      'set unavailable.value.policy=null.',
  },
  TRUNCATE_UNORDERED: {
    errorClass: 'data',
    action:
      'A truncate cannot be put in order with the rows of other partitions, topics or filters. Truncate by hand and ' +
      'discard the letter, or set truncate.unordered=ignore.',
  },
  KEY_HELD: {
    errorClass: 'data',
    action: 'An earlier event of the row is a dead letter. Redrive the letters of the key in order, or discard them.',
  },
  OFFSET_OUT_OF_ORDER: {
    errorClass: 'data',
    action: 'The record came after those behind it were applied. Redrive it if its row is older, else discard it.',
  },
  RECORD_PARKED: { errorClass: 'data', action: 'Someone parked the record. Redrive it when its fault is mended.' },

  ROW_BLOCKED: {
    errorClass: 'order',
    action: 'The row waits for another one (a missing parent, a unique value not yet free). It applies when that came.',
  },

  DATABASE_UNAVAILABLE: { errorClass: 'transient', action: 'The database cannot be reached; Lambda retries.' },
  DATABASE_CONFLICT: { errorClass: 'transient', action: 'A deadlock or lock timeout; the batch is retried.' },
  REGISTRY_UNAVAILABLE: {
    errorClass: 'transient',
    action: 'No schema registry answered; Lambda retries. Check schema.registry.url and the network of the function.',
  },
  TABLE_CHANGED: {
    errorClass: 'transient',
    action: 'A column of the target table changed while a batch was written; the batch is bound to it anew.',
  },
  LEDGER_CONFLICT: {
    errorClass: 'transient',
    action: 'Another invocation moved the ledger of the partition; the batch is retried and sees its rows.',
  },
  SECRET_UNAVAILABLE: {
    errorClass: 'transient',
    action: 'AWS did not give the secret in time; Lambda retries. In a VPC, check the endpoint or NAT of the subnets.',
  },
  TIME_SHORT: { errorClass: 'transient', action: 'Too little time was left; raise timeout or lower the batch size.' },
  GENERATION_CHANGED: {
    errorClass: 'transient',
    action:
      'Filter and sink function run by different configurations, as for moments while both are updated; Lambda retries. ' +
      'Deploy again if it stays so.',
  },
  FORWARD_FAILED: { errorClass: 'transient', action: 'The sink function failed or was throttled; Lambda retries.' },

  FORWARD_DENIED: {
    errorClass: 'operator',
    action: 'Deploy the sink function that the message names, and let the role of the filter function invoke it.',
  },
  TABLE_MISSING: { errorClass: 'operator', action: 'Create the target table, or correct target.tablename.' },
  TABLE_UNUSABLE: { errorClass: 'operator', action: 'Name columns of the target table in pk.fields.' },
  SCHEMA_CHANGE_FAILED: {
    errorClass: 'operator',
    action: 'Run the SQL of the message with a role that can, or turn auto.create and auto.evolve off.',
  },
  PERMISSION_DENIED: { errorClass: 'operator', action: 'Grant the connection user what the message names.' },
  SECRET_UNREADABLE: {
    errorClass: 'operator',
    action:
      'Correct the reference or the secret, or let the role of the function read it (secretsmanager:GetSecretValue, ' +
      'ssm:GetParameter, and kms:Decrypt for a key of your own).',
  },
  TLS_FAILED: {
    errorClass: 'operator',
    action: 'Connect by a name that the certificate of the server has, and give its CA with databaseCaBundle.',
  },
  HOST_NOT_ALLOWED: {
    errorClass: 'operator',
    action: 'Connect to a host of allowedHosts, or add the host there and deploy again.',
  },
  REGISTRY_REFUSED: {
    errorClass: 'operator',
    action: 'The schema registry refuses the function: correct its credentials, certificates or permissions.',
  },
  LOGIN_FAILED: { errorClass: 'operator', action: 'Correct connection.user and connection.password.' },
  DATABASE_REFUSED: { errorClass: 'operator', action: 'PostgreSQL refused the statement; see its SQLSTATE.' },
  LEDGER_MISSING: { errorClass: 'operator', action: 'Let a role that may create tables run the SQL in the message.' },
  SOURCE_CHANGED: {
    errorClass: 'operator',
    action: 'The connector read another cluster before. Use another connector name, or reset its offsets.',
  },
  OFFSETS_REWOUND: {
    errorClass: 'operator',
    action:
      'Records came that contradict the ledger: the topic was created anew, or they lie below what was ever taken. ' +
      'Reset the offsets to read them.',
  },
  OFFSETS_SKIPPED: {
    errorClass: 'operator',
    action: 'Records between the ledger and this batch never came. Rewind the mapping, or accept the gap.',
  },
  DEAD_LETTER_LIMIT: {
    errorClass: 'operator',
    action:
      'Too many records fail: correct the converter or the table, redrive or discard open letters, or raise the ' +
      'errors.deadletter.max property that the message names.',
  },
  RECORD_CRASHES: {
    errorClass: 'operator',
    action: 'The function ended again and again at this record. Raise its memory or timeout, or park the record.',
  },

  INVARIANT_BROKEN: { errorClass: 'invariant', action: 'This is a bug of Sluice; please report it with the message.' },

  PORT_TAKEN: { errorClass: 'config', action: 'Stop the program on that port, or choose another port.' },
  FOLDER_UNUSABLE: { errorClass: 'config', action: 'Choose a folder that can be written with --data-dir.' },
  STACK_RUNNING: { errorClass: 'config', action: 'Use the running stack, or end it with sluice stop.' },
  STACK_STOPPED: { errorClass: 'config', action: 'Start the stack with sluice start.' },
  TOOL_MISSING: {
    errorClass: 'config',
    action: 'Install the program that the message names, or start without the option that needs it.',
  },
  SERVICE_FAILED: { errorClass: 'config', action: 'See the cause in the message and in .sluice/logs.' },
  REQUEST_REFUSED: { errorClass: 'config', action: 'The REST API refused the request; the message is its own.' },
  BROKER_UNAVAILABLE: {
    errorClass: 'transient',
    action: 'Kafka cannot be reached or is not ready; this is tried again.',
  },
  BROKER_REFUSED: {
    errorClass: 'operator',
    action: 'Correct the login or the certificates, or grant the user what the message names on the cluster.',
  },
  RECORDS_UNREADABLE: {
    errorClass: 'operator',
    action: 'The broker holds records that no client can read. Repair them, or move the group past the offset.',
  },
  RECORD_TOO_LARGE: {
    errorClass: 'data',
    action: 'A record must fit into one Lambda payload of 6 MB, base64 included; send a smaller one.',
  },
  TOPIC_INVALID: { errorClass: 'config', action: 'Correct the name of the topic, or its number of partitions.' },
  TOPIC_EXISTS: { errorClass: 'config', action: 'Use the topic that exists, or choose another name.' },
  TOPIC_MISSING: { errorClass: 'operator', action: 'Create the topic, or correct its name.' },
  CONNECTOR_BEHIND: {
    errorClass: 'operator',
    action:
      'Look at the status of the connector: it is paused or stopped, blocked, or slower than the time it was given.',
  },
  PARTITION_MISSING: { errorClass: 'operator', action: 'Use a partition that the topic has; they count from 0.' },
} as const satisfies Record<string, ErrorEntry>;

/** A code of the error table. */
export type ErrorCode = keyof typeof errorTable;
