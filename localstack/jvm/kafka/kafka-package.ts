import { fileURLToPath } from 'node:url';
import { dependencyPlugin, type MavenPackage } from '../maven-package.ts';

/** The jars of one Kafka node. pom.xml says which version, jars.sha256 what belongs to it. */
export const kafkaPackage: MavenPackage = {
  title: 'Apache Kafka 4.3.1',
  folder: 'kafka-4.3.1',
  megabytes: 43,
  mavenArguments: (target) => [
    '-f',
    fileURLToPath(new URL('pom.xml', import.meta.url)),
    `${dependencyPlugin}:copy-dependencies`,
    '-DincludeScope=runtime',
    `-DoutputDirectory=${target}`,
  ],
  checksums: new URL('jars.sha256', import.meta.url),
};
