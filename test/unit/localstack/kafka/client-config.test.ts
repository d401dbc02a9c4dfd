import assert from 'node:assert/strict';
import test from 'node:test';
import { parseClientConfig } from '../../../../localstack/kafka/client-config.ts';

const readFile = (path: string) => `<${path}>`;
const parse = (...lines: string[]) => parseClientConfig(lines.join('\n'), readFile);

test('without security.protocol the connection is plain', () => {
  assert.deepEqual(parse('# comment', 'client.id=x', ''), {});
});

test("librdkafka's names of a login over TLS are understood", () => {
  const lines = [
    'security.protocol=SASL_SSL',
    'sasl.mechanisms=SCRAM-SHA-512',
    'sasl.username=me',
    'sasl.password=a=b c',
  ];
  assert.deepEqual(parse(...lines, 'ssl.ca.location=/ca.pem'), {
    sasl: { mechanism: 'SCRAM-SHA-512', username: 'me', password: 'a=b c' },
    tls: { ca: '</ca.pem>' },
  });
});

test("the Java client's names are understood, with a JAAS line that goes on", () => {
  const jaas = [
    'sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\',
    '   username="me" password="secret";',
  ];
  assert.deepEqual(parse('security.protocol: SASL_PLAINTEXT', 'sasl.mechanism = PLAIN', ...jaas), {
    sasl: { mechanism: 'PLAIN', username: 'me', password: 'secret' },
  });
});

test('a client certificate and its key come from PEM files', () => {
  const lines = ['ssl.certificate.location=/c.pem', 'ssl.key.location=/k.pem', 'ssl.key.password=p'];
  const { tls } = parse('security.protocol=SSL', ...lines);
  assert.deepEqual(tls, { cert: '</c.pem>', key: '</k.pem>', passphrase: 'p' });
});

test('what is not supported is refused by name, never by value', () => {
  const refusals: [RegExp, string[]][] = [
    [/ssl\.cipher\.suites/, ['security.protocol=SSL', 'ssl.cipher.suites=X']],
    [/security\.protocol must be/, ['security.protocol=TLS']],
    [/sasl\.mechanism must be/, ['security.protocol=SASL_SSL', 'sasl.mechanism=GSSAPI']],
    [/sasl\.password/, ['security.protocol=SASL_SSL', 'sasl.mechanism=PLAIN', 'sasl.username=me']],
    [/truststore\.type must be PEM/, ['security.protocol=SSL', 'ssl.truststore.location=/x.jks']],
  ];
  for (const [message, lines] of refusals) {
    assert.throws(
      () => parse(...lines),
      (error: Error & { code: string }) => error.code === 'CONFIG_INVALID' && message.test(error.message),
    );
  }
});
