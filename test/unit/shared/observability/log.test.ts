import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import { toErrorFields } from '../../../../shared/observability/error-fields.ts';
import { createLog } from '../../../../shared/observability/log.ts';
import { isLogged, logLevels, parseLogLevel } from '../../../../shared/observability/log-level.ts';

function recordingLog(level = parseLogLevel(undefined)) {
  const lines: string[] = [];
  const log = createLog({ sink: (line) => lines.push(line), now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6), level });
  return { log, lines };
}

describe('the log', () => {
  it('writes one JSON object a line in the form of Lambda', () => {
    const { log, lines } = recordingLog();
    log.with({ requestId: 'r-1' }).info('Filtered a batch.', { records: 3 });
    assert.deepEqual(lines, [
      '{"timestamp":"2026-01-02T03:04:05.006Z","level":"INFO","message":"Filtered a batch.","requestId":"r-1","records":3}',
    ]);
  });

  it('keeps a message with line breaks on one line', () => {
    const { log, lines } = recordingLog();
    log.warn('one\ntwo');
    assert.equal(lines[0]!.includes('\n'), false);
  });

  it('writes nothing below its level', () => {
    const { log, lines } = recordingLog('WARN');
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d', new Error('x'));
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { level: string }).level),
      ['WARN', 'ERROR'],
    );
  });

  it('reads every level of AWS_LAMBDA_LOG_LEVEL, and takes INFO for anything else', () => {
    for (const level of logLevels) assert.equal(parseLogLevel(level.toLowerCase()), level);
    assert.equal(parseLogLevel('verbose'), 'INFO');
    assert.equal(isLogged('FATAL', 'TRACE'), true);
    assert.equal(isLogged('TRACE', 'DEBUG'), false);
  });
});

describe('the fields of an error', () => {
  it('hold all of an error of Sluice', () => {
    const coordinates = { topic: 't', partition: 1, offset: 7 };
    const error = new SluiceError('ROW_REJECTED', 'The row was refused.', { coordinates, sqlState: '23514' });
    const fields = toErrorFields(error);
    assert.deepEqual(
      { code: fields.code, class: fields.class, message: fields.message, sqlState: fields.sqlState },
      { code: 'ROW_REJECTED', class: 'data', message: 'The row was refused.', sqlState: '23514' },
    );
    assert.deepEqual(fields.coordinates, coordinates);
  });

  it('never hold the message of a foreign error, which may quote row data, but its name, code and place', () => {
    const secret = 'invalid input syntax: "4711 Main Street"\nDETAIL: (name)=(Ann)';
    const cause = Object.assign(new TypeError(secret), { code: '22P02' });
    const error = new SluiceError('DATABASE_REFUSED', 'PostgreSQL refused a statement.', { cause });
    const text = JSON.stringify(toErrorFields(error));
    assert.equal(text.includes('Main Street'), false);
    assert.equal(text.includes('Ann'), false);
    const described = toErrorFields(error).cause as { name: string; code: string; stack: string[] };
    assert.equal(described.name, 'TypeError');
    assert.equal(described.code, '22P02');
    assert.match(described.stack[0]!, /log\.test\.ts:\d+:\d+/);
  });

  it('end for a chain of causes that does not', () => {
    const error = new Error('a');
    error.cause = error;
    assert.doesNotThrow(() => JSON.stringify(toErrorFields(error)));
  });

  it('name the type of what is no error', () => {
    assert.deepEqual(toErrorFields('password'), { name: 'string' });
  });
});
