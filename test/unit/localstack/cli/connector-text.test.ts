import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeStatus } from '../../../../localstack/cli/connector-text.ts';

test('a trace of several lines, such as SQL to run, stays as it is below its task', () => {
  const text = describeStatus({
    name: 'people',
    connector: { state: 'RUNNING', worker_id: 'w' },
    tasks: [{ id: 0, state: 'FAILED', trace: 'LEDGER_MISSING: Run this SQL:\n-- Why.\ncreate schema s;\n\ngrant …;' }],
  });
  assert.deepEqual(text.split('\n'), [
    'people    RUNNING',
    '  task 0  FAILED',
    '    LEDGER_MISSING: Run this SQL:',
    '    -- Why.',
    '    create schema s;',
    '',
    '    grant …;',
  ]);
});
