import { writeFileSync } from 'node:fs';
import { toConfigurationPage } from '../shared/connector/configuration-page.ts';
import { contextParameters } from './context-parameters.ts';

// `npm run docs`: the page follows the tables, never the other way round.
writeFileSync(new URL('../docs/configuration.md', import.meta.url), toConfigurationPage(contextParameters));
