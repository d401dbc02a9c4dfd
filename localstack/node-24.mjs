// Plain JavaScript that Node 12 can still read: it runs before it is known which Node this is.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const wantedMajor = 24;
const isNode24 = Number(process.versions.node.split('.')[0]) === wantedMajor;
const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Where npm puts this platform's Node 24, by the optional dependencies of package.json. */
function npmBroughtNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(checkout, 'node_modules', `node-${platform}-${process.arch}`, 'bin', file);
}

function refuse(reason) {
  console.error(
    `Sluice needs Node ${wantedMajor}, this is ${process.version} and ${reason}: ` +
      `install Node ${wantedMajor} LTS from https://nodejs.org and run the command again.`,
  );
  process.exit(1);
}

function findNode() {
  if (isNode24) return process.execPath;
  const node = npmBroughtNode();
  if (!existsSync(node)) refuse(`npm installed none for ${process.platform} ${process.arch}`);
  return node;
}

function runWith(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of forwardedSignals) process.on(signal, () => child.kill(signal));
  // An executable for another C library (Alpine) is there and yet cannot be run.
  child.on('error', (error) => refuse(`${node} cannot be run (${error.code})`));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}

/**
 * Runs a TypeScript file on Node 24, the version of the Lambda runtime: in this process when it is Node 24, else in
 * the Node 24 that npm brought, with the same streams, signals and exit code. Without either it says in one sentence
 * what to install and exits with 1.
 */
export function runOnNode24(script, args) {
  if (!isNode24) return runWith(findNode(), [script].concat(args));
  process.argv = [process.argv[0], script].concat(args);
  import(pathToFileURL(script).href);
}

// As a program, `node localstack/node-24.mjs ARGUMENTS OF NODE …`, it serves npm's scripts.
if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  runWith(findNode(), process.argv.slice(2));
}
