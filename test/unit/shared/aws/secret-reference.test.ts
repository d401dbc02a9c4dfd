// biome-ignore-all lint/suspicious/noTemplateCurlyInString: forms of references
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSecretReference, parseSecretReference } from '../../../../shared/aws/secret-reference.ts';

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf';
const parse = (inside: string) => parseSecretReference(`\${${inside}}`);
const secret = (id: string, key?: string) => ({
  reference: { provider: 'secretsmanager', id, ...(key !== undefined && { key }) },
});

test('a secret is referred to by name or ARN, as a whole or by a key', () => {
  assert.deepEqual(parse('secretsmanager:prod/db'), secret('prod/db'));
  assert.deepEqual(parse('secretsmanager:prod/db:password'), secret('prod/db', 'password'));
  assert.deepEqual(parse(`secretsmanager:${arn}`), secret(arn));
  assert.deepEqual(parse(`secretsmanager:${arn}:password`), secret(arn, 'password'));
  assert.deepEqual(parse(`secretsmanager:${arn.replaceAll(':', '%3A')}:password`), secret(arn, 'password'));
});

test('a parameter is referred to by name or ARN, with an empty path as the AWS provider writes it', () => {
  const parameter = (id: string) => ({ reference: { provider: 'ssm', id } });
  assert.deepEqual(parse('ssm:/prod/db/password'), parameter('/prod/db/password'));
  assert.deepEqual(parse('ssm::/prod/db/password'), parameter('/prod/db/password'));
  assert.deepEqual(parse('ssm:password:3'), parameter('password:3'));
  const arn = 'arn:aws:ssm:eu-west-1:123456789012:parameter/prod/password';
  assert.deepEqual(parse(`ssm:${arn}`), parameter(arn));
});

test('what is no reference stands for itself, also when it has braces and dollars', () => {
  for (const text of ['open-sesame', '', '$', 'a${b}c', '${topic}', '$secretsmanager:x', 'pa$${ss']) {
    assert.equal(parseSecretReference(text), undefined, text);
    assert.equal(isSecretReference(text), false);
  }
});

test('a reference that cannot be resolved is refused, not taken for the password', () => {
  const problemOf = (text: string) => (parseSecretReference(text) as { readonly problem?: string }).problem;
  assert.match(problemOf('${vault:secret/db:password}')!, /no configuration provider "vault"/);
  assert.match(problemOf('${dir:/opt/secrets:password}')!, /no configuration provider "dir"/);
  assert.match(problemOf('${secretsmanager:}')!, /names no secret/);
  assert.match(problemOf('${ssm:}')!, /names no parameter/);
  assert.match(problemOf('pre-${ssm:/a}')!, /must be the whole value/);
  assert.match(problemOf('${ssm:/a}${ssm:/b}')!, /must be the whole value/);
});

test('any text has a reading', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', '${', '${ssm:', '${secretsmanager:'), (text, start) => {
      const parsed = parseSecretReference(`${start}${text}}`);
      return parsed === undefined || 'reference' in parsed || 'host' in parsed || 'problem' in parsed;
    }),
  );
});
