import type { Plugin } from 'esbuild';

/**
 * Parts of `pg` that no function uses, and what stands for them: pools, because an execution environment has one
 * connection; password files, which a function has not, so that without a password there is none; and connection URLs,
 * which Sluice reads itself, because JDBC's differ.
 */
const unused: Readonly<Record<string, string>> = {
  'pg-pool': 'module.exports = class {};',
  pgpass: 'module.exports = (_connection, take) => take();',
  'pg-connection-string':
    'module.exports = { parse: () => { throw new Error("A connection is described by an object."); } };',
};

/** Leaves packages out of bundles that others import but never use there. */
export const leaveOutPackages: Plugin = {
  name: 'leave-out-packages',
  setup(build) {
    build.onResolve({ filter: /^(?:pg-pool|pgpass|pg-connection-string)$/ }, ({ path }) => ({
      path,
      namespace: 'left-out',
    }));
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({ contents: unused[path]!, loader: 'js' }));
  },
};
