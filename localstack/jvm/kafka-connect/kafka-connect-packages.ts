import { copiedJars } from '../copied-jars.ts';

/**
 * What a worker brings along; a second jackson-databind beside a plugin fails Debezium's sink. Drivers of other
 * databases are not used.
 */
const excludedGroups = [
  'org.apache.kafka',
  'com.fasterxml.jackson.core',
  'com.github.luben',
  'at.yawk.lz4',
  'org.lz4',
  'org.xerial.snappy',
  'org.slf4j',
  'jakarta.ws.rs',
  'com.oracle.database.jdbc',
  'com.mysql',
  'com.microsoft.sqlserver',
  'org.mariadb.jdbc',
];

/** A worker of Kafka Connect, of the version of the local Kafka node. */
export const connectWorkerPackage = copiedJars({
  title: 'Kafka Connect 4.3.1',
  folder: 'kafka-connect-4.3.1',
  megabytes: 33,
  definition: new URL('worker/', import.meta.url),
});

/** Debezium's source connector for PostgreSQL. */
export const debeziumPostgresPackage = copiedJars({
  title: 'Debezium PostgreSQL 3.6.0.Final',
  folder: 'debezium-postgres-3.6.0',
  megabytes: 5,
  definition: new URL('debezium-postgres/', import.meta.url),
  excludedGroups,
});

/** Debezium's JDBC sink connector. */
export const debeziumJdbcPackage = copiedJars({
  title: 'Debezium JDBC 3.6.0.Final',
  folder: 'debezium-jdbc-3.6.0',
  megabytes: 28,
  definition: new URL('debezium-jdbc/', import.meta.url),
  excludedGroups,
});

/** A converter for Avro from Maven Central, which writes Confluent's frames. */
export const apicurioConverterPackage = copiedJars({
  title: 'Apicurio converters 2.6.13.Final',
  folder: 'apicurio-converters-2.6.13',
  megabytes: 6,
  definition: new URL('apicurio-converter/', import.meta.url),
  excludedGroups,
});
