import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findJava, findMaven } from '../../../../localstack/jvm/java-tools.ts';

/** A folder with a program that prints this to its error output. */
function makeProgram(t: TestContext, path: string, prints: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-java-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho '${prints}' >&2\n`);
  chmodSync(file, 0o755);
  return folder;
}

function isMissing(pattern: RegExp) {
  return (error: Error & { code: string }) => {
    // One sentence on what is missing, one on what to do.
    const isShort = error.message.split(/\.(?= |$)/).length <= 4 && !error.message.includes('\n');
    return error.code === 'TOOL_MISSING' && pattern.test(error.message) && isShort;
  };
}

test('without Java or Maven one says who needs what', () => {
  const nothing = { PATH: '/nowhere', JAVA_HOME: '', MAVEN_HOME: '' };
  assert.throws(() => findJava('Apache Kafka', nothing), isMissing(/^Apache Kafka needs Java 17 .* no java /));
  assert.throws(() => findMaven('Apache Kafka', nothing), isMissing(/^Apache Kafka .* through Maven, .* no mvn /));
});

test('a Java that is too old is named with its version', (t) => {
  const path = makeProgram(t, 'java', 'openjdk version "11.0.2" 2019-01-15');
  assert.throws(() => findJava('Apache Kafka', { PATH: path }), isMissing(/java is Java 11/));
  const older = makeProgram(t, 'java', 'java version "1.8.0_292"');
  assert.throws(() => findJava('Apache Kafka', { PATH: older }), isMissing(/java is Java 8/));
});

test('JAVA_HOME comes before the PATH', (t) => {
  const home = makeProgram(t, 'bin/java', 'openjdk version "21.0.1" 2023-10-17');
  const path = makeProgram(t, 'java', 'openjdk version "11.0.2" 2019-01-15');
  assert.equal(findJava('Apache Kafka', { JAVA_HOME: home, PATH: path }), join(home, 'bin', 'java'));
});
