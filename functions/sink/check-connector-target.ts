import type { Finding } from '../../shared/config/findings.ts';
import type { ConnectorCheck } from '../../shared/connector/admin-call.ts';
import type { ConnectorJson } from '../../shared/connector/connector-plan.ts';
import { planWithFilterSql } from '../../shared/connector/check-filter-sql.ts';
import { openFilterSql } from '../../shared/connector/open-record-selector.ts';
import type { PlanOptions } from '../../shared/connector/plan-connector.ts';
import { checkTargetTable } from '../../shared/postgres/check-target-table.ts';
import type { LoginReader } from '../../shared/postgres/login-reader.ts';
import { queryReadOnly } from '../../shared/postgres/read-only.ts';
import { TargetConnection } from '../../shared/postgres/target-connection.ts';
import { toDatabaseError } from '../../shared/postgres/to-database-error.ts';
import { createTableNaming, namesBySource } from '../../shared/postgres/to-table-name.ts';

/** Most topics whose tables one dry run looks at. */
const maxTopics = 100;

const serverQuery = `select current_setting('server_version') as version, current_user as user,
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as ssl`;

const ledgerQuery = `select has_database_privilege(current_database(), 'CREATE') as creates,
    count(c.oid) > 0 as exists, bool_and(has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT')
      and has_table_privilege(c.oid, 'INSERT') and has_table_privilege(c.oid, 'UPDATE')) as writes
  from pg_namespace n join pg_class c on c.relnamespace = n.oid and c.relname in ('offsets', 'gaps', 'dead_letters')
  where n.nspname = $1`;

/**
 * A dry run: validates the configuration, connects, and looks at the target table of every topic. Nothing is written.
 * Never throws for what the configuration or the database is like.
 */
export async function checkConnectorTarget(
  json: ConnectorJson,
  options: PlanOptions & { readonly logins: LoginReader; readonly timeoutMs: number },
): Promise<ConnectorCheck> {
  const { plan, findings } = await planWithFilterSql(json, options);
  const { warnings } = findings;
  if (plan === undefined) return { isValid: false, problems: findings.errors, warnings, tables: [] };
  const connection = new TargetConnection(plan.target.connection, 'sluice/validate', options.logins);
  try {
    const client = await connection.client();
    const { ledgerSchema } = plan.target;
    const queries = [
      { text: serverQuery, values: [] },
      { text: ledgerQuery, values: [ledgerSchema] },
    ];
    const [servers, ledgers] = (await queryReadOnly(client, queries, options.timeoutMs))!;
    const { version, user, ssl } = servers![0]!;
    const { exists, writes, creates } = ledgers![0]!;
    const problems: Finding[] = [];
    if (exists === true ? writes !== true : creates !== true) {
      const lacks = exists === true ? 'write the tables of' : 'create';
      const message = `The user ${user} may not ${lacks} the schema ${ledgerSchema}, where Sluice keeps its offsets.`;
      problems.push({ property: 'ledger.schema', message });
    }
    const tables: ConnectorCheck['tables'][number][] = [];
    const toTable = createTableNaming(plan.target);
    const sql = await openFilterSql(plan);
    const { isSupportedType } = await import('../../shared/filter/sql/type-io.ts');
    for (const topic of plan.topics.filter((one) => !namesBySource(plan.target, one)).slice(0, maxTopics)) {
      const name = toTable(topic, undefined);
      // Where transforms stand before it, topic and columns of the records are theirs to say.
      const select = plan.transforms === undefined ? sql?.selectOf({ topic }) : undefined;
      const selected = select && { star: select.star, columns: select.columns, canCastTo: isSupportedType };
      tables.push({ topic, ...(await checkTargetTable(client, name, plan.target, options.timeoutMs, selected)) });
    }
    return {
      isValid: problems.length === 0 && tables.every((table) => table.problems.length === 0),
      problems,
      warnings,
      server: { version: String(version), user: String(user), isEncrypted: ssl === true },
      tables,
    };
  } catch (error) {
    const { code, message } = toDatabaseError(error);
    const problems = [{ property: 'connection.url', message: `${code}: ${message}` }];
    return { isValid: false, problems, warnings, tables: [] };
  } finally {
    await connection.close();
  }
}
