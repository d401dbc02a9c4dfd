import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeTemporaryFolder } from './test-server.ts';

/** A certificate and its key, as PEM texts. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A CA of its own, one certificate for 127.0.0.1 and one for a client, both signed by it. */
export interface TestCertificates {
  readonly ca: string;
  readonly server: TestCertificate;
  readonly client: TestCertificate;
}

/** Makes certificates that hold for two days; their folder is removed when the test ends. */
export function makeTestCertificates(t: TestContext): TestCertificates {
  const folder = makeTemporaryFolder('sluice-certificates');
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  const read = (name: string) => readFileSync(file(name), 'utf8');
  const openssl = (...parameters: readonly string[]) => execFileSync('openssl', parameters, { stdio: 'pipe' });
  const newKey = (name: string) => [
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    file(`${name}.key`),
  ];
  openssl('req', '-x509', ...newKey('ca'), '-days', '2', '-out', file('ca.pem'));
  const sign = (name: string, extension: string): TestCertificate => {
    writeFileSync(file(`${name}.ext`), extension);
    openssl('req', ...newKey(name), '-out', file(`${name}.csr`));
    const ca = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      file(`${name}.csr`),
      ...ca,
      '-days',
      '2',
      '-extfile',
      file(`${name}.ext`),
      '-out',
      file(`${name}.pem`),
    );
    return { cert: read(`${name}.pem`), key: read(`${name}.key`) };
  };
  return {
    ca: read('ca.pem'),
    server: sign('server', 'subjectAltName=IP:127.0.0.1\n'),
    client: sign('client', 'extendedKeyUsage=clientAuth\n'),
  };
}
