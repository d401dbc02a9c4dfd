#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { runOnNode24 } from './node-24.mjs';

runOnNode24(fileURLToPath(new URL('./cli.ts', import.meta.url)), process.argv.slice(2));
