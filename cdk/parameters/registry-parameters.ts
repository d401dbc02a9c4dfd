import { honoured, refused } from '../../shared/config/property.ts';
import { arnOf, matches } from './parameter-validators.ts';

const group = 'Schema registry';

/** Context parameters of the schema registry. */
export const registryParameter = {
  schemaRegistryUrl: honoured({
    name: 'schemaRegistryUrl',
    type: 'STRING',
    group,
    documentation: 'URL of the schema registry, for connectors without `value.converter.schema.registry.url`.',
    validate: matches(/^https?:\/\/[^\s@]+$/, 'A URL without user and password is needed'),
  }),
  schemaRegistrySecretArn: honoured({
    name: 'schemaRegistrySecretArn',
    type: 'STRING',
    group,
    documentation: 'Secret with `username` and `password` of the schema registry.',
    validate: arnOf('secretsmanager', 'secret:'),
  }),
  glueRegistryArn: refused({
    name: 'glueRegistryArn',
    group,
    reason: 'No converter reads the Glue Schema Registry yet; remove it.',
  }),
} as const;
