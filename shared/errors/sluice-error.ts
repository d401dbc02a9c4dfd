import { type ErrorClass, type ErrorCode, errorTable } from './error-table.ts';

/** Where a record stands in Kafka. */
export interface Coordinates {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The step of the record's way at which it failed. */
export type Stage =
  | 'ledger'
  | 'decode-key'
  | 'decode-value'
  | 'transform'
  | 'parse'
  | 'filter'
  | 'bind'
  | 'write'
  | 'forward';

/** What an error may carry besides its sentence. */
export interface SluiceErrorDetails {
  readonly coordinates?: Coordinates;
  readonly stage?: Stage;
  /** Five-character SQLSTATE as PostgreSQL reported it. */
  readonly sqlState?: string;
  /** Name of the target column that the error is about. */
  readonly column?: string;
  readonly cause?: unknown;
}

/**
 * The one error type of Sluice. The message is a sentence that holds names, counts and coordinates, never payloads or
 * secrets; the code decides the policy through the error table.
 */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly coordinates: Coordinates | undefined;
  readonly stage: Stage | undefined;
  readonly sqlState: string | undefined;
  readonly column: string | undefined;

  constructor(code: ErrorCode, message: string, details: SluiceErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.coordinates = details.coordinates;
    this.stage = details.stage;
    this.sqlState = details.sqlState;
    this.column = details.column;
  }

  /** The policy class of the code. */
  get errorClass(): ErrorClass {
    return errorTable[this.code].errorClass;
  }
}

/** True for a {@link SluiceError}, if a class is given only for one of that class. */
export function isSluiceError(error: unknown, errorClass?: ErrorClass): error is SluiceError {
  return error instanceof SluiceError && (errorClass === undefined || error.errorClass === errorClass);
}
