import { writeFileSync } from 'node:fs';
import { toErrorsPage } from './errors-page.ts';

// `npm run docs`: the page follows the table, never the other way round.
writeFileSync(new URL('../../docs/errors.md', import.meta.url), toErrorsPage());
