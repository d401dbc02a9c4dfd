import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ClusterSettings } from './cluster-settings.ts';

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const protocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
const understood = new Set([
  'security.protocol',
  'sasl.mechanism',
  'sasl.mechanisms',
  'sasl.username',
  'sasl.password',
  'sasl.jaas.config',
  'ssl.ca.location',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.certificates',
  'ssl.certificate.location',
  'ssl.key.location',
  'ssl.key.password',
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.endpoint.identification.algorithm',
  'enable.ssl.certificate.verification',
]);

/**
 * Reads the security part of a Kafka client's properties file, in the names of the Java client or of librdkafka.
 * Certificates and keys must be PEM files. Properties that are not about security are left aside.
 *
 * Source: Apache Kafka documentation, "Security"; librdkafka CONFIGURATION.md.
 *
 * @param readFile text of a file that a property names
 * @throws SluiceError `CONFIG_INVALID` for a security property that is not understood here
 */
export function parseClientConfig(
  text: string,
  readFile: (path: string) => string,
): Pick<ClusterSettings, 'sasl' | 'tls'> {
  const properties = parseProperties(text);
  for (const name of properties.keys()) {
    if (/^(security|sasl|ssl)\./.test(name) && !understood.has(name)) throw invalid(`${name} is not supported here.`);
  }
  const protocol = (properties.get('security.protocol') ?? 'PLAINTEXT').toUpperCase();
  if (!protocols.includes(protocol)) throw invalid(`security.protocol must be one of ${protocols.join(', ')}.`);
  return {
    ...(protocol.startsWith('SASL') ? { sasl: toSasl(properties) } : {}),
    ...(protocol.endsWith('SSL') ? { tls: toTls(properties, readFile) } : {}),
  };
}

function toSasl(properties: ReadonlyMap<string, string>): NonNullable<ClusterSettings['sasl']> {
  const wanted = properties.get('sasl.mechanism') ?? properties.get('sasl.mechanisms') ?? '';
  const mechanism = mechanisms.find((each) => each === wanted.toUpperCase());
  if (mechanism === undefined) throw invalid(`sasl.mechanism must be one of ${mechanisms.join(', ')}.`);
  const jaas = properties.get('sasl.jaas.config') ?? '';
  const username = properties.get('sasl.username') ?? /\busername="([^"]*)"/.exec(jaas)?.[1];
  const password = properties.get('sasl.password') ?? /\bpassword="([^"]*)"/.exec(jaas)?.[1];
  if (username !== undefined && password !== undefined) return { mechanism, username, password };
  throw invalid('sasl.username and sasl.password, or both in sasl.jaas.config, are missing.');
}

function toTls(
  properties: ReadonlyMap<string, string>,
  readFile: (path: string) => string,
): NonNullable<ClusterSettings['tls']> {
  for (const store of ['truststore', 'keystore']) {
    const type = properties.get(`ssl.${store}.type`) ?? (properties.has(`ssl.${store}.location`) ? 'JKS' : 'PEM');
    if (type.toUpperCase() !== 'PEM')
      throw invalid(`ssl.${store}.type must be PEM: Java's key stores are not read here.`);
  }
  const read = (...names: string[]) => {
    const path = names.map((name) => properties.get(name)).find((value) => value !== undefined);
    return path === undefined ? undefined : readFile(path);
  };
  const ca = properties.get('ssl.truststore.certificates') ?? read('ssl.ca.location', 'ssl.truststore.location');
  const certificate = read('ssl.certificate.location', 'ssl.keystore.location');
  const key = read('ssl.key.location', 'ssl.keystore.location');
  const passphrase = properties.get('ssl.key.password');
  const algorithm = properties.get('ssl.endpoint.identification.algorithm');
  const ignoresHost = algorithm === '' || algorithm === 'none';
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(ignoresHost ? { checkServerIdentity: () => undefined } : {}),
    ...(properties.get('enable.ssl.certificate.verification') === 'false' ? { rejectUnauthorized: false } : {}),
  };
}

/** Lines `name=value`, comments and continued lines as in Java's properties files. */
function parseProperties(text: string): ReadonlyMap<string, string> {
  const lines = text.replace(/\\\r?\n\s*/g, '').split(/\r?\n/);
  const pairs = lines.flatMap((line) => {
    const found = /^\s*([^#!\s][^=:\s]*)\s*[=:]\s*(.*)$/.exec(line);
    return found === null ? [] : [[found[1]!, found[2]!.trim()] as const];
  });
  return new Map(pairs);
}

function invalid(problem: string): SluiceError {
  return new SluiceError('CONFIG_INVALID', `The file of --client-config: ${problem}`);
}
