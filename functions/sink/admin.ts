import type { AdminAnswers, AdminReply } from '../../shared/connector/admin-call.ts';
import { readDatabaseDefaults, toConnectionProperties } from '../../shared/connector/database-defaults.ts';
import { inheritDefaults } from '../../shared/connector/inherit-defaults.ts';
import { toConnectorPlan } from '../../shared/connector/to-connector-plan.ts';
import { parseAdminCall } from '../../shared/connector/parse-admin-call.ts';
import { readConnectorPlan, readPlanOptions } from '../../shared/connector/read-connector-environment.ts';
import { createConverterPorts } from '../../shared/converter/converter-ports.ts';
import { createLog, writeLine } from '../../shared/observability/log.ts';
import { parseLogLevel } from '../../shared/observability/log-level.ts';
import { Catalog } from '../../shared/postgres/catalog.ts';
import { acceptGap, alterOffsets, parkRecord, resetOffsets } from '../../shared/postgres/change-offsets.ts';
import { discardLetters } from '../../shared/postgres/discard.ts';
import { parseEncryptionKey } from '../../shared/postgres/letter-payload.ts';
import { createLoginReader } from '../../shared/postgres/login-reader.ts';
import { findLedgerDenial, migrate } from '../../shared/postgres/migrate.ts';
import { readDeadLetter, readDeadLetters } from '../../shared/postgres/read-dead-letters.ts';
import { readPartitions } from '../../shared/postgres/read-partitions.ts';
import { redriveLetters } from '../../shared/postgres/redrive.ts';
import { SchemaEvolution } from '../../shared/postgres/schema-evolution.ts';
import { changesTables } from '../../shared/postgres/schema-settings.ts';
import { showLetter } from '../../shared/postgres/show-letter.ts';
import { TargetConnection } from '../../shared/postgres/target-connection.ts';
import { toDatabaseError } from '../../shared/postgres/to-database-error.ts';
import { checkConnectorTarget } from './check-connector-target.ts';
import { decodeLetter } from './decode-letter.ts';
import { createEvaluation } from './evaluate-record.ts';
import { previewConnector } from './preview-connector.ts';

/** Longest run of one query; whoever asks waits for it. */
const maxQueryMs = 10_000;

/** Kept back from the time of the invocation to reply. */
const marginMs = 500;

const defaultPageLength = 50;

/** The members of Lambda's context that the function reads. */
export interface AdminLambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** The admin function: answers questions about its connector from the target database. */
export interface AdminHandler {
  (event: unknown, context: AdminLambdaContext): Promise<AdminReply>;
  /** Ends the database connection. */
  close(): Promise<void>;
}

/** What the admin function reaches outside itself besides the database. */
export interface AdminPorts {
  /** Takes one log line. */
  readonly sink: (line: string) => void;
  readonly now: () => number;
}

/**
 * The admin function for this environment. Without a connector in it, it still answers `validate`. Every failure is a
 * reply, so that whoever asks needs no permission to read logs.
 */
export function createAdminHandler(
  environment: NodeJS.ProcessEnv,
  { sink, now }: AdminPorts = { sink: writeLine, now: Date.now },
): AdminHandler {
  const log = createLog({ sink, now, level: parseLogLevel(environment.AWS_LAMBDA_LOG_LEVEL) });
  const logins = createLoginReader(environment, now);
  let opened: ReturnType<typeof openTarget> | undefined;
  const openTarget = () => {
    const plan = readConnectorPlan(environment);
    const { name, target } = plan;
    const connection = new TargetConnection(target.connection, `sluice/${name}/admin`.slice(0, 63), logins);
    return { plan, connection, identity: { schema: target.ledgerSchema, connector: name } };
  };
  const answer = async (event: unknown, remainingMs: () => number): Promise<AdminAnswers[keyof AdminAnswers]> => {
    const call = parseAdminCall(event);
    const timeoutMs = Math.min(maxQueryMs, remainingMs());
    if (call.call === 'validate') {
      const connector = inheritDefaults(call.connector, toConnectionProperties(readDatabaseDefaults(environment)));
      return checkConnectorTarget(connector, { ...readPlanOptions(environment), logins, timeoutMs });
    }
    if (call.call === 'preview') {
      const connector = inheritDefaults(call.connector, toConnectionProperties(readDatabaseDefaults(environment)));
      const ports = createConverterPorts(environment, logins, now);
      const plan = toConnectorPlan(connector, readPlanOptions(environment));
      return previewConnector(plan, call.records, { logins, ports, timeoutMs });
    }
    opened ??= openTarget();
    const { plan, connection, identity } = opened;
    const client = await connection.client();
    switch (call.call) {
      case 'status': {
        const denial = await findLedgerDenial(client, identity.schema);
        if (denial !== undefined) throw denial;
        return readPartitions(client, identity, timeoutMs);
      }
      case 'offsets': {
        const { partitions, isCut } = await readPartitions(client, identity, timeoutMs);
        return {
          partitions: partitions.map(({ topic, partition, nextOffset }) => ({ topic, partition, nextOffset })),
          isCut,
        };
      }
      case 'deadLetters.list': {
        const { call: _, state = 'open', limit = defaultPageLength, ...page } = call;
        return readDeadLetters(client, { ...identity, timeoutMs }, { ...page, state, limit });
      }
      case 'deadLetters.show':
        if (call.payload !== true) return readDeadLetter(client, { ...identity, timeoutMs }, call, false);
        return showLetter(client, { ...identity, timeoutMs }, call, (record) =>
          decodeLetter(plan, createConverterPorts(environment, logins, now), record),
        );
      case 'deadLetters.redrive': {
        const { target } = plan;
        const { encryptionKey } = target.deadLetters;
        // The tables may be of an earlier version: its sink may not have run since.
        await migrate(client, identity.schema);
        return redriveLetters(
          {
            ...identity,
            ...(encryptionKey !== undefined && {
              encryptionKey: parseEncryptionKey(await logins.resolve(encryptionKey)),
            }),
            client,
            catalog: new Catalog(target),
            evaluation: await createEvaluation(plan, createConverterPorts(environment, logins, now)),
            mode: target.writeMode,
            ...(changesTables(target.schema) && { evolution: new SchemaEvolution(target, remainingMs) }),
            remainingMs,
          },
          call,
        );
      }
      case 'deadLetters.discard':
        return discardLetters(client, identity, call);
      case 'offsets.park':
        return { changed: await parkRecord({ ...identity, client, timeoutMs }, call) };
      case 'offsets.acceptGap':
        return { changed: await acceptGap({ ...identity, client, timeoutMs }, call) };
      case 'offsets.alter':
        // A connector may be told where to begin before its first batch makes the ledger.
        if (call.source !== undefined) await migrate(client, identity.schema);
        return { changed: await alterOffsets({ ...identity, client, timeoutMs }, call.offsets, call) };
      case 'offsets.reset':
        return { changed: await resetOffsets({ ...identity, client, timeoutMs }, call.partitions) };
    }
  };
  const run = async (event: unknown, context: AdminLambdaContext): Promise<AdminReply> => {
    try {
      return { ok: true, answer: await answer(event, () => context.getRemainingTimeInMillis() - marginMs) };
    } catch (error) {
      const failure = toDatabaseError(error);
      if (failure.code === 'DATABASE_UNAVAILABLE' || failure.code === 'INVARIANT_BROKEN') opened?.connection.discard();
      log.error('The call was not answered.', failure, { requestId: context.awsRequestId });
      return { ok: false, error: { code: failure.code, class: failure.errorClass, message: failure.message } };
    }
  };
  return Object.assign(run, { close: async () => opened?.connection.close() });
}

let created: AdminHandler | undefined;

/** Lambda's entry. */
export const handler = (event: unknown, context: AdminLambdaContext): Promise<AdminReply> => {
  created ??= createAdminHandler(process.env);
  return created(event, context);
};
