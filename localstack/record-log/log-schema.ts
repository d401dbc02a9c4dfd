import type pg from 'pg';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

const schemaVersion = 1;

/**
 * The record log's tables. Consecutive records of a partition that were committed together are one row of `batches`;
 * the end of a partition is its greatest `last_offset` plus one. There are no foreign keys, because checking them would
 * write to the topic's row with every append; one owner keeps the tables consistent.
 */
const tables = `
  create schema record_log;
  create table record_log.log (
    cluster_id uuid not null,
    schema_version int not null
  );
  create table record_log.topics (
    id int generated always as identity primary key,
    name text collate "C" not null unique,
    partitions int not null
  );
  create table record_log.batches (
    topic_id int not null,
    partition int not null,
    base_offset bigint not null,
    last_offset bigint not null,
    max_timestamp bigint not null,
    size int not null,
    records bytea not null,
    primary key (topic_id, partition, last_offset)
  );
  alter table record_log.batches alter column records set storage external;
  create table record_log.committed_offsets (
    group_id text collate "C" not null,
    topic_id int not null,
    partition int not null,
    next_offset bigint not null,
    primary key (group_id, topic_id, partition)
  );
  insert into record_log.log values (gen_random_uuid(), ${schemaVersion});
`;

/**
 * Creates the tables in a new database. Only the owner of the log may call it. Fulfilled with the cluster id, which
 * stays the same as long as the data lives.
 *
 * @throws SluiceError `FOLDER_UNUSABLE` when a newer version of Sluice wrote the log
 */
export async function prepareLogSchema(client: pg.Client): Promise<string> {
  const found = await client.query("select to_regclass('record_log.log') is not null as exists");
  // Several statements in one query are one transaction: all tables or none.
  if (!found.rows[0].exists) await client.query(tables);
  const log = await client.query('select cluster_id, schema_version from record_log.log');
  const { cluster_id, schema_version } = log.rows[0];
  if (schema_version !== schemaVersion) {
    throw new SluiceError(
      'FOLDER_UNUSABLE',
      `The record log has version ${schema_version}, this Sluice knows ${schemaVersion}. Use the Sluice that wrote it, or another data folder.`,
    );
  }
  return cluster_id;
}
