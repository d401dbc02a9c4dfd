import { toErrorFields } from './error-fields.ts';
import { isLogged, type LogLevel } from './log-level.ts';

/** Names, counts and coordinates that a line carries besides its message; never payloads or secrets. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes structured log lines. Lines below the logger's level cost a comparison and nothing else. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error` adds what {@link toErrorFields} may tell of it. */
  error(message: string, error: unknown, fields?: LogFields): void;
  /** A log whose lines carry these fields too; a field of the line itself wins. */
  with(fields: LogFields): Log;
}

/** What {@link createLog} needs. */
export interface LogOptions {
  /** Takes one line without its line break. */
  readonly sink: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly level: LogLevel;
  /** Fields of every line. */
  readonly fields?: LogFields;
}

/**
 * A log in Lambda's JSON form, `{"timestamp": RFC 3339 in UTC, "level", "message", "requestId"?, …fields}`, one object a
 * line, so that Lambda's log level filter and CloudWatch Logs Insights read it. The sink must write to standard output
 * directly: Lambda's `console` would wrap the line into a second object.
 *
 * Source: AWS Lambda developer guide, "JSON log format".
 */
export function createLog(options: LogOptions): Log {
  const write = (level: LogLevel, message: string, fields: LogFields | undefined): void => {
    if (!isLogged(level, options.level)) return;
    const timestamp = new Date(options.now()).toISOString();
    options.sink(JSON.stringify({ timestamp, level, message, ...options.fields, ...fields }));
  };
  return {
    debug: (message, fields) => write('DEBUG', message, fields),
    info: (message, fields) => write('INFO', message, fields),
    warn: (message, fields) => write('WARN', message, fields),
    error: (message, error, fields) => write('ERROR', message, { ...fields, error: toErrorFields(error) }),
    with: (fields) => createLog({ ...options, fields: { ...options.fields, ...fields } }),
  };
}

/** Writes a line to standard output, past `console`, which Lambda replaces. */
export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
