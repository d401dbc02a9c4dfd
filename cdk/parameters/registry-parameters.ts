import { honoured } from '../../shared/config/property.ts';
import { arnOf, matches } from './parameter-validators.ts';

const group = 'Schema registry';

/** Context parameters of the schema registry. */
export const registryParameter = {
  schemaRegistryUrl: honoured({
    name: 'schemaRegistryUrl',
    type: 'STRING',
    group,
    documentation:
      'URL of the schema registry (Confluent, Apicurio, Karapace, Redpanda), for the Avro, Protobuf and JSON Schema ' +
      'converters of connectors that name none in `value.converter.schema.registry.url` or `key.converter.…`.',
    validate: matches(/^https?:\/\/[^\s@]+$/, 'A URL without user and password is needed'),
  }),
  schemaRegistrySecretArn: honoured({
    name: 'schemaRegistrySecretArn',
    type: 'STRING',
    group,
    documentation: 'Secret with `username` and `password` of the schema registry.',
    validate: arnOf('secretsmanager', 'secret:'),
  }),
  glueRegistryArn: honoured({
    name: 'glueRegistryArn',
    type: 'STRING',
    group,
    documentation:
      'Registry of the AWS Glue Schema Registry, for the converters of AWS of connectors that name none in ' +
      '`value.converter.registry.name`.',
    validate: arnOf('glue', 'registry/'),
  }),
} as const;
