import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeLetters, describeRedrive } from '../../../../localstack/cli/dead-letter-text.ts';

const nothing = {
  redriven: 0,
  filtered: 0,
  failed: 0,
  waiting: 0,
  superseded: 0,
  settled: 0,
  withoutPayload: 0,
  hasMore: false,
  failures: [],
};

test('a redrive tells what became of the letters, and why some failed again', () => {
  assert.equal(describeRedrive(nothing), 'no dead letter fits');
  const failures = [{ topic: 't', partition: 2, offset: 7, code: 'ROW_REJECTED', message: 'refused' }];
  const report = { ...nothing, redriven: 3, failed: 1, waiting: 2, hasMore: true, failures };
  assert.equal(
    describeRedrive(report),
    [
      '3 redriven',
      '1 failed again',
      '2 wait for an earlier letter about their row',
      '  t:2:7 ROW_REJECTED: refused',
      'There are more.',
    ].join('\n'),
  );
});

test('letters are listed by their place, as the other commands take it', () => {
  const letter = {
    topic: 't',
    partition: 2,
    offset: 7,
    timestamp: 0,
    stage: 'write',
    code: 'ROW_REJECTED',
    message: 'refused',
    tableName: 'public.t',
    sqlState: '23514',
    column: null,
    state: 'open',
    attempts: 0,
    createdAt: '2026-01-01T00:00:00.000Z',
    keyBytes: null,
    valueBytes: 9,
  };
  const text = describeLetters({ letters: [letter], hasMore: true });
  assert.match(text, /^ t:2:7 \| open {2}\| ROW_REJECTED \| public\.t \| refused$/m);
  assert.match(text, /There are more\.$/);
});
