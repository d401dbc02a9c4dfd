import { copiedJars } from '../copied-jars.ts';

/** The jars of one Kafka node. pom.xml says which version, jars.sha256 what belongs to it. */
export const kafkaPackage = copiedJars({
  title: 'Apache Kafka 4.3.1',
  folder: 'kafka-4.3.1',
  megabytes: 43,
  definition: new URL('./', import.meta.url),
});
