import { DatabaseError } from 'pg';
import type { ErrorCode } from '../errors/error-table.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { toTlsError } from './to-tls-error.ts';

/**
 * What an SQLSTATE means here, by its longest listed prefix. Only what is listed as data can become a dead letter; an
 * unlisted one blocks, because draining a topic into dead letters for an unknown reason loses more than waiting. 42804
 * (datatype_mismatch) is the record's, because values are cast to the types that the catalog names; it is read anew
 * before a change is isolated. So is 428C9 (generated_always): a partial image wants to move a key that is generated always
 * as identity.
 *
 * Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
 */
const codeBySqlState: Readonly<Record<string, ErrorCode>> = {
  '08': 'DATABASE_UNAVAILABLE',
  '22': 'ROW_REJECTED',
  '22001': 'VALUE_OUT_OF_RANGE',
  '22003': 'VALUE_OUT_OF_RANGE',
  '22007': 'VALUE_INVALID',
  '22008': 'VALUE_OUT_OF_RANGE',
  '22021': 'VALUE_INVALID',
  '22026': 'VALUE_OUT_OF_RANGE',
  '22P02': 'VALUE_INVALID',
  '22P05': 'VALUE_INVALID',
  '23001': 'ROW_BLOCKED',
  '23502': 'ROW_REJECTED',
  '23503': 'ROW_BLOCKED',
  '23505': 'ROW_BLOCKED',
  '23514': 'ROW_REJECTED',
  '23P01': 'ROW_BLOCKED',
  '25006': 'DATABASE_UNAVAILABLE',
  '25P03': 'DATABASE_UNAVAILABLE',
  '25P04': 'DATABASE_CONFLICT',
  '28': 'LOGIN_FAILED',
  '3D000': 'LOGIN_FAILED',
  '3F000': 'TABLE_MISSING',
  '40': 'DATABASE_CONFLICT',
  '428C9': 'ROW_REJECTED',
  '42501': 'PERMISSION_DENIED',
  '42804': 'ROW_REJECTED',
  '42P01': 'TABLE_MISSING',
  '44000': 'ROW_REJECTED',
  '53': 'DATABASE_UNAVAILABLE',
  '54000': 'ROW_REJECTED',
  '55P03': 'DATABASE_CONFLICT',
  '57014': 'DATABASE_CONFLICT',
  '57P': 'DATABASE_UNAVAILABLE',
  '58000': 'DATABASE_UNAVAILABLE',
  '58030': 'DATABASE_UNAVAILABLE',
  '72000': 'DATABASE_CONFLICT',
};

/** Classes whose message or detail may hold values of the row. */
const quotesRow = /^(?:22|23|44|P0)/;

/** Errors of Node's sockets and of pg itself carry no SQLSTATE: the connection is gone or was never there. */
const connectionMessage =
  /connection|timeout|ended|socket|queryable|ECONN|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ERR_(?:SSL|TLS)|CERT|certificate/i;
/** pg's side of password authentication, before PostgreSQL has said anything: the password is missing or no text. */
const loginMessage = /^SASL: /;

/**
 * The Sluice error for whatever `pg` threw. What PostgreSQL says of data errors quotes the row, and so may what a trigger
 * raises (class P0), so neither it nor the error itself is passed on: only SQLSTATE, table, column and constraint are.
 */
export function toDatabaseError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  if (!(error instanceof DatabaseError) || error.code === undefined) return toConnectionError(error);
  const sqlState = error.code;
  const code = toErrorCode(error);
  const details = {
    stage: 'write',
    sqlState,
    ...(error.column === undefined ? {} : { column: error.column }),
  } as const;
  if (quotesRow.test(sqlState)) {
    const where = [
      error.table === undefined ? '' : ` table ${error.table}`,
      error.column === undefined ? '' : ` column ${error.column}`,
      error.constraint === undefined ? '' : ` constraint ${error.constraint}`,
    ].filter((part) => part !== '');
    const place = where.length === 0 ? '' : ` (${where.join(',').trim()})`;
    return new SluiceError(code, `PostgreSQL refused the row: SQLSTATE ${sqlState}${place}.`, details);
  }
  return new SluiceError(code, `PostgreSQL: ${error.message} (SQLSTATE ${sqlState}).`, { ...details, cause: error });
}

/** True for a unique_violation on exactly the given columns, whichever index or partition reports it. */
export function isKeyConflict(error: unknown, keyColumns: readonly { readonly name: string }[]): boolean {
  if (!(error instanceof DatabaseError) || error.code !== '23505') return false;
  // "Key (a, b)=(1, 2) already exists." – translated, but for the list of columns.
  const columns = /\(([^)]*)\)=\(/.exec(error.detail ?? '')?.[1];
  const names = (columns ?? '').split(', ').map((name) => name.replace(/^"(.*)"$/, '$1').replaceAll('""', '"'));
  return names.length === keyColumns.length && keyColumns.every(({ name }) => names.includes(name));
}

function toErrorCode(error: DatabaseError): ErrorCode {
  const sqlState = error.code!;
  // A check that no constraint is named for: no partition takes the row, which an operator has to create.
  if (sqlState === '23514' && error.constraint === undefined) return 'DATABASE_REFUSED';
  for (let length = sqlState.length; length >= 2; length--) {
    const code = codeBySqlState[sqlState.slice(0, length)];
    if (code !== undefined) return code;
  }
  return 'DATABASE_REFUSED';
}

function toConnectionError(error: unknown): SluiceError {
  const cause = error as { code?: unknown; message?: unknown };
  const tlsError = toTlsError(error ?? {});
  if (tlsError !== undefined) return tlsError;
  if (typeof cause?.message === 'string' && loginMessage.test(cause.message)) {
    return new SluiceError('LOGIN_FAILED', `The login failed before PostgreSQL could decide on it: ${cause.message}.`, {
      stage: 'write',
      cause: error,
    });
  }
  const told = `${String(cause?.code ?? '')} ${String(cause?.message ?? '')}`;
  if (connectionMessage.test(told)) {
    const what = typeof cause.code === 'string' ? ` (${cause.code})` : '';
    return new SluiceError('DATABASE_UNAVAILABLE', `The connection to the database failed${what}.`, {
      stage: 'write',
      cause: error,
    });
  }
  return new SluiceError('INVARIANT_BROKEN', 'Writing to the database failed in an unforeseen way.', {
    stage: 'write',
    cause: error,
  });
}
