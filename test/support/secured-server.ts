import { execFileSync } from 'node:child_process';
import { chownSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import pg from 'pg';
import { makeTemporaryFolder, startTestServer } from './test-server.ts';

/** A PostgreSQL server with TLS whose role `sluice` has to give a password. */
export interface SecuredServer {
  readonly port: number;
  /** Path of the PEM file of the CA that signed the server's certificate, which is for `localhost` alone. */
  readonly caFile: string;
  /** Path of a PEM file of a CA that has signed nothing. */
  readonly otherCaFile: string;
  /** Runs one statement as the superuser. */
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** Starts the server with the password given; it is removed when the test ends. */
export async function openSecuredServer(t: TestContext, password: string): Promise<SecuredServer> {
  const server = await startTestServer();
  const folder = makeTemporaryFolder('sluice-ca');
  const cluster = realpathSync(join(server.dataDir, 'postgres'));
  const caFile = makeCa(folder, 'ca');
  const otherCaFile = makeCa(folder, 'other');
  makeServerCertificate(folder, cluster);
  const admin = new pg.Client({ connectionString: server.url });
  t.after(async () => {
    await admin.end();
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  await admin.connect();
  await admin.query(`create role sluice login password '${password}'`);
  await admin.query('grant all on database sluice to sluice; grant all on schema public to sluice');
  // The first line that fits decides.
  const hba = join(cluster, 'pg_hba.conf');
  writeFileSync(hba, `host all sluice all scram-sha-256\n${readFileSync(hba, 'utf8')}`);
  await admin.query('alter system set ssl = on');
  await admin.query('select pg_reload_conf()');
  return { port: server.port, caFile, otherCaFile, query: async (sql) => (await admin.query(sql)).rows };
}

function makeCa(folder: string, name: string): string {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    key,
    '-out',
    certificate,
  );
  return certificate;
}

/** The certificate of the server, signed by the first CA, where PostgreSQL looks for it. */
function makeServerCertificate(folder: string, cluster: string): void {
  const [key, certificate] = [join(cluster, 'server.key'), join(cluster, 'server.crt')];
  const request = join(folder, 'server.csr');
  const extensions = join(folder, 'server.ext');
  writeFileSync(extensions, 'subjectAltName=DNS:localhost\n');
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', key, '-out', request);
  const ca = ['-CA', join(folder, 'ca.pem'), '-CAkey', join(folder, 'ca.key'), '-CAcreateserial'];
  openssl('x509', '-req', '-in', request, ...ca, '-days', '2', '-extfile', extensions, '-out', certificate);
  const { uid, gid } = statSync(cluster);
  for (const path of [key, certificate]) chownSync(path, uid, gid);
  execFileSync('chmod', ['600', key]);
}

function openssl(...parameters: readonly string[]): void {
  execFileSync('openssl', parameters, { stdio: 'pipe' });
}
