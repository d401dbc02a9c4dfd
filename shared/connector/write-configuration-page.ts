import { writeFileSync } from 'node:fs';
import { toConfigurationPage } from './configuration-page.ts';

// `npm run docs`: the page follows the table, never the other way round.
writeFileSync(new URL('../../docs/configuration.md', import.meta.url), toConfigurationPage());
