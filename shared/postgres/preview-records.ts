import type { Client } from 'pg';
import { isSluiceError, type SluiceError } from '../errors/sluice-error.ts';
import type { KafkaRecord } from '../kafka/record.ts';
import type { Catalog } from './catalog.ts';
import { initialLedgerRow } from './ledger.ts';
import { prepareRange } from './prepare-range.ts';
import type { Evaluation, PreparedRange } from './prepared-range.ts';
import { RangeStopped } from './range-stopped.ts';
import type { WriteMode } from './target-settings.ts';
import { toRowError } from './to-row-error.ts';
import { buildBeginning, fly, rollback } from './transaction.ts';
import { buildRowStatements } from './write-together.ts';

/** What would become of a record. */
export interface RecordPreview {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** `stopped`: the partition would wait at it. */
  readonly verdict: 'applied' | 'filtered' | 'dead-lettered' | 'stopped';
  /** Why it would not be applied. */
  readonly code?: string;
  readonly message?: string;
  /** What would run, in order; parameters as PostgreSQL gets them. */
  readonly statements: readonly { readonly sql: string; readonly parameters: readonly (string | null)[] }[];
}

/** What previewing needs. */
export interface PreviewContext {
  readonly client: Client;
  readonly catalog: Catalog;
  readonly evaluation: Evaluation;
  readonly mode: WriteMode;
  readonly schema: string;
  readonly connector: string;
  readonly timeoutMs: number;
}

/**
 * Sends records through all steps of a connector, each by itself, and takes back what its statements did, so that the
 * verdict is PostgreSQL's own and nothing is written.
 */
export async function previewRecords(
  context: PreviewContext,
  records: readonly KafkaRecord[],
): Promise<readonly RecordPreview[]> {
  const previews: RecordPreview[] = [];
  for (const record of records) previews.push(await previewRecord(context, record));
  return previews;
}

async function previewRecord(context: PreviewContext, record: KafkaRecord): Promise<RecordPreview> {
  const { client, catalog, evaluation, mode } = context;
  const { topic, partition, offset } = record;
  const place = { topic, partition, offset };
  const row = initialLedgerRow('', offset);
  let prepared: PreparedRange;
  try {
    prepared = await prepareRange(
      { topic, partition },
      {
        row,
        records: [record],
        late: [],
        duplicate: 0,
        filteredBefore: 0,
        gaps: [],
        expectedOffset: null,
        nextOffset: offset + 1,
        floorOffset: offset,
        dense: true,
      },
      {
        client,
        catalog,
        ...evaluation,
        toleratesDataErrors: true,
        holdsRows: false,
        readOpenRows: async () => row.openRows,
        nowMs: 0,
      },
    );
  } catch (error) {
    const cause = error instanceof RangeStopped ? error.cause : error;
    if (isSluiceError(cause)) return { ...place, ...toVerdict(cause), statements: [] };
    throw cause;
  }
  const [letter] = prepared.letters;
  if (letter) {
    const { code, message } = letter;
    return { ...place, verdict: 'dead-lettered', code, message, statements: [] };
  }
  if (prepared.changes.length === 0) return { ...place, verdict: 'filtered', statements: [] };
  const rows = [...buildRowStatements(prepared.changes, { mode, identity: context }, { unmatched: 0, sharedKeys: 0 })];
  const statements = rows.map(({ text, values }) => ({
    sql: text,
    parameters: values.map((value) => (value === null || value === undefined ? null : String(value))),
  }));
  try {
    await fly(client, [...buildBeginning(context.timeoutMs), ...rows]);
    return { ...place, verdict: 'applied', statements };
  } catch (error) {
    return { ...place, ...toVerdict(toRowError(error, prepared.changes, mode)), statements };
  } finally {
    await rollback(client);
  }
}

function toVerdict({ code, message, errorClass }: SluiceError): Pick<RecordPreview, 'verdict' | 'code' | 'message'> {
  return { verdict: errorClass === 'data' ? 'dead-lettered' : 'stopped', code, message };
}
