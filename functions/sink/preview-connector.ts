import type { ConnectorPreview, PreviewedRecord } from '../../shared/connector/admin-call.ts';
import type { ConnectorPlan } from '../../shared/connector/connector-plan.ts';
import type { ConverterPorts } from '../../shared/converter/converter-ports.ts';
import { Catalog } from '../../shared/postgres/catalog.ts';
import type { LoginReader } from '../../shared/postgres/login-reader.ts';
import { previewRecords } from '../../shared/postgres/preview-records.ts';
import { TargetConnection } from '../../shared/postgres/target-connection.ts';
import { createEvaluation } from './evaluate-record.ts';

/**
 * What would become of records, for a connector that need not exist, on a connection of its own. Nothing is written.
 *
 * @throws SluiceError when the database cannot be reached
 */
export async function previewConnector(
  plan: ConnectorPlan,
  records: readonly PreviewedRecord[],
  {
    logins,
    ports,
    timeoutMs,
  }: { readonly logins: LoginReader; readonly ports: ConverterPorts; readonly timeoutMs: number },
): Promise<ConnectorPreview> {
  const { target } = plan;
  const connection = new TargetConnection(target.connection, 'sluice/preview', logins);
  try {
    const previews = await previewRecords(
      {
        client: await connection.client(),
        catalog: new Catalog(target),
        evaluation: await createEvaluation(plan, ports),
        mode: target.writeMode,
        schema: target.ledgerSchema,
        connector: plan.name,
        timeoutMs,
      },
      records.map((record) => ({ timestamp: 0, timestampType: 'CREATE_TIME', headers: [], ...record })),
    );
    return { records: previews };
  } finally {
    await connection.close();
  }
}
