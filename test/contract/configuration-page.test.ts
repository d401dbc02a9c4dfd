import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contextParameters } from '../../cdk/context-parameters.ts';
import { toConfigurationPage } from '../../shared/connector/configuration-page.ts';

test('docs/configuration.md is what the tables of properties and parameters say; npm run docs writes it', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  assert.equal(page, toConfigurationPage(contextParameters));
});
