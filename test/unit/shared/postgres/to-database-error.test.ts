import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DatabaseError } from 'pg';
import type { ErrorCode } from '../../../../shared/errors/error-table.ts';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import { toErrorFields } from '../../../../shared/observability/error-fields.ts';
import { isKeyConflict, toDatabaseError } from '../../../../shared/postgres/to-database-error.ts';

/** What pg throws for an error of the server, with row data wherever PostgreSQL puts some. */
function serverError(code: string, fields: Partial<DatabaseError> = {}): DatabaseError {
  const error = new DatabaseError('says "secret"', 0, 'error');
  return Object.assign(error, { code, severity: 'ERROR', detail: 'Failing row contains (secret).', ...fields });
}

const codes: readonly (readonly [sqlState: string, code: ErrorCode])[] = [
  ['22001', 'VALUE_OUT_OF_RANGE'],
  ['22003', 'VALUE_OUT_OF_RANGE'],
  ['22007', 'VALUE_INVALID'],
  ['22008', 'VALUE_OUT_OF_RANGE'],
  ['22012', 'ROW_REJECTED'],
  ['22P02', 'VALUE_INVALID'],
  ['22P05', 'VALUE_INVALID'],
  ['23001', 'ROW_BLOCKED'],
  ['23502', 'ROW_REJECTED'],
  ['23503', 'ROW_BLOCKED'],
  ['23505', 'ROW_BLOCKED'],
  ['23514', 'ROW_REJECTED'],
  ['23P01', 'ROW_BLOCKED'],
  ['42804', 'ROW_REJECTED'],
  ['44000', 'ROW_REJECTED'],
  ['54000', 'ROW_REJECTED'],
  ['08006', 'DATABASE_UNAVAILABLE'],
  ['25006', 'DATABASE_UNAVAILABLE'],
  ['25P03', 'DATABASE_UNAVAILABLE'],
  ['53300', 'DATABASE_UNAVAILABLE'],
  ['53100', 'DATABASE_UNAVAILABLE'],
  ['53400', 'DATABASE_UNAVAILABLE'],
  ['57P01', 'DATABASE_UNAVAILABLE'],
  ['57P03', 'DATABASE_UNAVAILABLE'],
  ['58030', 'DATABASE_UNAVAILABLE'],
  ['25P04', 'DATABASE_CONFLICT'],
  ['40001', 'DATABASE_CONFLICT'],
  ['40003', 'DATABASE_CONFLICT'],
  ['72000', 'DATABASE_CONFLICT'],
  ['40P01', 'DATABASE_CONFLICT'],
  ['55P03', 'DATABASE_CONFLICT'],
  ['57014', 'DATABASE_CONFLICT'],
  ['28P01', 'LOGIN_FAILED'],
  ['3D000', 'LOGIN_FAILED'],
  ['42501', 'PERMISSION_DENIED'],
  ['42P01', 'TABLE_MISSING'],
  ['3F000', 'TABLE_MISSING'],
  ['21000', 'DATABASE_REFUSED'],
  ['23000', 'DATABASE_REFUSED'],
  ['42703', 'DATABASE_REFUSED'],
  ['P0001', 'DATABASE_REFUSED'],
  ['XX000', 'DATABASE_REFUSED'],
  ['ZZ999', 'DATABASE_REFUSED'],
];

describe('the error for what PostgreSQL says', () => {
  for (const [sqlState, code] of codes) {
    it(`is ${code} for ${sqlState}`, () => {
      const error = toDatabaseError(serverError(sqlState, { constraint: 'c' }));
      assert.deepEqual([error.code, error.sqlState, error.stage], [code, sqlState, 'write']);
      assert.match(error.message, new RegExp(sqlState));
    });
  }

  it('never repeats what may quote the row, in itself, in its cause or in the log', () => {
    for (const sqlState of ['22001', '22P02', '22999', '23502', '23505', '23999', '44000', 'P0001']) {
      const error = toDatabaseError(serverError(sqlState, { table: 'people', column: 'age', constraint: 'adult' }));
      assert.equal(error.cause, undefined);
      assert.doesNotMatch(`${error.message} ${error.stack} ${JSON.stringify(toErrorFields(error))}`, /secret/);
      assert.match(error.message, /people.*age.*adult/);
      assert.equal(error.column, 'age');
    }
  });

  it('is an operator’s when no partition takes a row: a check that no constraint is named for', () => {
    assert.equal(toDatabaseError(serverError('23514')).code, 'DATABASE_REFUSED');
  });

  it('stays what it is when it is Sluice’s own', () => {
    const error = new SluiceError('LEDGER_CONFLICT', 'moved');
    assert.equal(toDatabaseError(error), error);
  });
});

describe('the error for what the driver says', () => {
  const told: readonly (readonly [message: string, code: string | undefined, expected: ErrorCode])[] = [
    ['connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED', 'DATABASE_UNAVAILABLE'],
    ['read ECONNRESET', 'ECONNRESET', 'DATABASE_UNAVAILABLE'],
    ['getaddrinfo ENOTFOUND db', 'ENOTFOUND', 'DATABASE_UNAVAILABLE'],
    ['connect EHOSTUNREACH 10.0.0.1:5432', 'EHOSTUNREACH', 'DATABASE_UNAVAILABLE'],
    ['Connection terminated unexpectedly', undefined, 'DATABASE_UNAVAILABLE'],
    ['timeout expired', undefined, 'DATABASE_UNAVAILABLE'],
    ['Client was closed and is not queryable', undefined, 'DATABASE_UNAVAILABLE'],
    ['The server does not support SSL connections', undefined, 'TLS_FAILED'],
    ['self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS_FAILED'],
    ['unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS_FAILED'],
    ['certificate has expired', 'CERT_HAS_EXPIRED', 'TLS_FAILED'],
    ['certificate is revoked', 'CERT_REVOKED', 'TLS_FAILED'],
    ['unsupported certificate purpose', 'INVALID_PURPOSE', 'TLS_FAILED'],
    ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', undefined, 'LOGIN_FAILED'],
    ['Hostname/IP does not match', 'ERR_TLS_CERT_ALTNAME_INVALID', 'TLS_FAILED'],
    ["Cannot read properties of undefined (reading 'x')", undefined, 'INVARIANT_BROKEN'],
  ];
  for (const [message, code, expected] of told) {
    it(`is ${expected} for "${message}"`, () => {
      const cause = Object.assign(new Error(message), code === undefined ? {} : { code });
      const error = toDatabaseError(cause);
      assert.deepEqual([error.code, error.cause], [expected, cause]);
      assert.equal(error.errorClass === 'operator', ['TLS_FAILED', 'LOGIN_FAILED'].includes(expected));
      if (code !== undefined) assert.match(error.message, new RegExp(code));
    });
  }

  it('is a bug’s for what is no error at all', () => {
    for (const thrown of [undefined, null, 'text']) assert.equal(toDatabaseError(thrown).code, 'INVARIANT_BROKEN');
  });
});

describe('a conflict of keys', () => {
  const conflict = (detail: string | undefined, ...keys: string[]) =>
    isKeyConflict(
      serverError('23505', { detail }),
      keys.map((name) => ({ name })),
    );

  it('is one on exactly the key columns, in any order and language', () => {
    assert.equal(conflict('Key (id)=(1) already exists.', 'id'), true);
    assert.equal(conflict('Schlüssel »(b, a)=(1, 2)« existiert bereits.', 'a', 'b'), true);
    assert.equal(conflict('Key ("Id", "say ""x""")=(1, 2) already exists.', 'Id', 'say "x"'), true);
  });

  it('is none on other columns, on an expression, or when PostgreSQL does not say', () => {
    assert.equal(conflict('Key (email)=(id) already exists.', 'id'), false);
    assert.equal(conflict('Key (id, email)=(1, x) already exists.', 'id'), false);
    assert.equal(conflict('Key (lower(id))=(x) already exists.', 'id'), false);
    assert.equal(conflict('Key (email)=(x (id)=(1)) already exists.', 'id'), false);
    assert.equal(conflict(undefined, 'id'), false);
    assert.equal(isKeyConflict(serverError('23514', { detail: 'Key (id)=(1)' }), [{ name: 'id' }]), false);
    assert.equal(isKeyConflict(new Error('Key (id)=(1)'), [{ name: 'id' }]), false);
  });
});
