import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { faultPoints } from './delivery-step.ts';
import type { FaultPoint, FaultProxy } from './fault-proxy.ts';
import { pollUntil } from './poll-until.ts';
import type { RestartableDatabase } from './restartable-database.ts';
import type { SmallDisk } from './small-disk.ts';

/** Tables of which statements fail or wait: the target, and those of the ledger that a batch writes. */
type FaultTable = 'target' | 'offsets' | 'dead_letters';

/**
 * What the database does to a batch:
 * - `statement`: the `first`-th to `last`-th statement on the table fails with an SQLSTATE;
 * - `lock`: another session holds the table or its rows, until the batch waits for it, or until it has given up;
 * - `slow`: answers come late, or so late that the invocation is over;
 * - `kill`: at a point of the protocol the server, or the process that serves the sink, is killed, or ended by an operator;
 * - `full`: there is no room for a table to grow;
 * - `log-full`: there is no room for the write-ahead log, at which the server ends itself.
 */
export type ServerFault =
  | {
      readonly kind: 'statement';
      readonly table: FaultTable;
      readonly sqlState: string;
      readonly first: number;
      readonly last: number;
    }
  | { readonly kind: 'lock'; readonly table: FaultTable; readonly rows: boolean; readonly outlasts: boolean }
  | { readonly kind: 'slow'; readonly latencyMs: number; readonly outlasts: boolean }
  | { readonly kind: 'kill'; readonly whom: 'server' | 'process' | 'session'; readonly point: FaultPoint }
  | { readonly kind: 'full'; readonly spareBytes: number }
  | { readonly kind: 'log-full'; readonly point: FaultPoint };

/** Time of an invocation that a fault is to outlast: about half a second of it is left for a statement. */
const shortInvocationMs = 1_300;

/**
 * None of them speaks of the record: conflicts, a server without resources, one that ends, faults of an operator and of
 * PostgreSQL itself.
 */
const sqlStates = [
  '40001',
  '40P01',
  '55P03',
  '57014',
  '25P03',
  '53100',
  '53200',
  '53300',
  '58030',
  '08006',
  '57P01',
  '42501',
  'P0001',
  'XX000',
];

const tables = fc.constantFrom<FaultTable>('target', 'target', 'offsets', 'dead_letters');

/** Faults at random; those that cost seconds come less often. `withDisk`: there is a disk that can be filled. */
export function serverFaults(withDisk: boolean): fc.Arbitrary<ServerFault> {
  const often = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
  const statement = fc.record({
    kind: fc.constant('statement' as const),
    table: tables,
    sqlState: fc.constantFrom(...sqlStates),
    first: fc.integer({ min: 1, max: 4 }),
    last: fc.integer({ min: 1, max: 9 }),
  });
  const lock = fc.record({ kind: fc.constant('lock' as const), table: tables, rows: fc.boolean(), outlasts: often });
  const slow = fc.record({
    kind: fc.constant('slow' as const),
    latencyMs: fc.integer({ min: 1, max: 25 }),
    outlasts: often,
  });
  const kill = fc.record({
    kind: fc.constant('kill' as const),
    whom: fc.constantFrom<'server' | 'process' | 'session'>('server', 'process', 'process', 'session', 'session'),
    point: faultPoints,
  });
  const full = fc.record({
    kind: fc.constant('full' as const),
    spareBytes: fc.constantFrom(0, 8_192, 65_536),
  });
  const logFull = fc.record({ kind: fc.constant('log-full' as const), point: faultPoints });
  return fc.oneof(
    { weight: 4, arbitrary: statement },
    { weight: 3, arbitrary: lock },
    { weight: 2, arbitrary: slow },
    { weight: 3, arbitrary: kill },
    ...(withDisk ? [{ weight: 3, arbitrary: full }] : []),
    ...(canLimitFiles() ? [{ weight: 1, arbitrary: logFull }] : []),
  );
}

/** True where `prlimit` of util-linux can forbid a process of the server to write. */
export function canLimitFiles(): boolean {
  return spawnSync('prlimit', ['--version']).status === 0;
}

/** Where a fault takes place. */
export interface FaultScene {
  readonly database: RestartableDatabase;
  /** Between the sink and the database. */
  readonly proxy: FaultProxy;
  readonly disk: SmallDisk | undefined;
  readonly connector: string;
  /** The target table. */
  readonly target: string;
}

/** Delivers a batch; `mayBreak`: the connection may end, `timeoutMs`: what the invocation has. */
export type Deliver = (options: { readonly mayBreak?: boolean; readonly timeoutMs?: number }) => Promise<void>;

/** Delivers a batch while the fault is there, and takes the fault away. */
export async function deliverUnder(fault: ServerFault, scene: FaultScene, deliver: Deliver): Promise<void> {
  switch (fault.kind) {
    case 'statement':
      return failStatements(fault, scene, deliver);
    case 'lock':
      return holdLock(fault, scene, deliver);
    case 'slow':
      return slowDown(fault, scene, deliver);
    case 'kill':
      return atPoint(fault.point, scene, deliver, () => kill(fault.whom, scene));
    case 'full':
      return fillDisk(fault, scene, deliver);
    case 'log-full':
      return fillLog(fault.point, scene, deliver);
  }
}

async function failStatements(
  fault: Extract<ServerFault, { kind: 'statement' }>,
  scene: FaultScene,
  deliver: Deliver,
): Promise<void> {
  const { database } = scene;
  const table = await findTable(fault.table, scene);
  if (table === undefined) return deliver({});
  // A sequence counts statements of transactions that are rolled back, too.
  await database.query(`create sequence if not exists fault_count;
    create or replace function fail_statement() returns trigger language plpgsql as $$
    declare n bigint := nextval('fault_count');
    begin
      if n between tg_argv[1]::bigint and tg_argv[2]::bigint then
        raise exception 'the statement was chosen to fail' using errcode = tg_argv[0];
      end if;
      return null;
    end $$;
    alter sequence fault_count restart;
    create trigger fault before insert or update or delete on ${table} for each statement
      execute function fail_statement('${fault.sqlState}', ${fault.first}, ${Math.max(fault.first, fault.last)})`);
  try {
    await deliver({ mayBreak: fault.sqlState.startsWith('57P') });
  } finally {
    await database.query(`drop trigger fault on ${table}`);
  }
}

async function holdLock(
  { table: what, rows, outlasts }: Extract<ServerFault, { kind: 'lock' }>,
  scene: FaultScene,
  deliver: Deliver,
): Promise<void> {
  const { database, connector } = scene;
  const table = await findTable(what, scene);
  if (table === undefined) return deliver({});
  const holder = await database.connect();
  try {
    await holder.query('begin');
    await holder.query(rows ? `select from ${table} for update` : `lock table ${table} in access exclusive mode`);
    let isAnswered = false;
    const answered = deliver(outlasts ? { mayBreak: true, timeoutMs: shortInvocationMs } : {}).finally(() => {
      isAnswered = true;
    });
    if (outlasts) await answered;
    else
      await pollUntil('the batch waits or is done', async () => isAnswered || (await isWaiting(database, connector)));
    await holder.query('rollback');
    await answered;
  } finally {
    await holder.end();
  }
}

async function slowDown(
  { latencyMs, outlasts }: Extract<ServerFault, { kind: 'slow' }>,
  { proxy }: FaultScene,
  deliver: Deliver,
): Promise<void> {
  proxy.latencyMs = outlasts ? shortInvocationMs : latencyMs;
  try {
    await deliver(outlasts ? { mayBreak: true, timeoutMs: shortInvocationMs } : {});
  } finally {
    proxy.latencyMs = 0;
  }
}

/** Holds the connection at the point, if the batch reaches it, does what is to be done, and lets it go on. */
async function atPoint(
  point: FaultPoint,
  { proxy }: FaultScene,
  deliver: Deliver,
  act: () => Promise<void>,
): Promise<void> {
  const held = proxy.arm({ ...point, action: 'stall' });
  const answered = deliver({ mayBreak: true });
  await Promise.race([held, answered]);
  proxy.disarm();
  await act();
  proxy.release();
  await answered;
}

async function kill(whom: 'server' | 'process' | 'session', { database, connector }: FaultScene): Promise<void> {
  if (whom === 'server') return database.killServer();
  const pid = await database.findBackend(connector);
  if (pid === undefined) return;
  if (whom === 'process') await database.killBackend(pid);
  else await database.query('select pg_terminate_backend($1)', [pid]);
}

/**
 * The process may write no further byte into a file, as if the log's disk were full: PostgreSQL gives up at that. One that
 * had nothing to write is killed in the end, so that it does not give up later.
 */
async function fillLog(point: FaultPoint, scene: FaultScene, deliver: Deliver): Promise<void> {
  let pid: number | undefined;
  await atPoint(point, scene, deliver, async () => {
    pid = await scene.database.findBackend(scene.connector);
    if (pid !== undefined) spawnSync('prlimit', ['--pid', String(pid), '--fsize=0']);
  });
  if (pid !== undefined) await scene.database.killBackend(pid);
}

async function fillDisk(
  { spareBytes }: Extract<ServerFault, { kind: 'full' }>,
  { disk }: FaultScene,
  deliver: Deliver,
): Promise<void> {
  disk!.fill(spareBytes);
  try {
    await deliver({ mayBreak: true });
  } finally {
    disk!.empty();
  }
}

/** The table's name for SQL; undefined for one of the ledger before there is a ledger. */
async function findTable(table: FaultTable, { database, target }: FaultScene): Promise<string | undefined> {
  if (table === 'target') return `public."${target}"`;
  const name = `sluice.${table}`;
  const [found] = await database.query('select to_regclass($1) is not null as there', [name]);
  return found?.there === true ? name : undefined;
}

async function isWaiting(database: RestartableDatabase, connector: string): Promise<boolean> {
  const [found] = await database.query(
    `select count(*)::integer as n from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'`,
    [`sluice/${connector}`],
  );
  return (found?.n as number) > 0;
}
