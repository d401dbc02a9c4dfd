/** Log levels of AWS Lambda's JSON format, from the chattiest to the gravest. */
export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

export type LogLevel = (typeof logLevels)[number];

/**
 * The level that a function logs at, from the value of `AWS_LAMBDA_LOG_LEVEL`, which Lambda sets when the function's log
 * format is JSON. Absent or none of Lambda's levels: `INFO`, Lambda's own default.
 *
 * Source: AWS Lambda developer guide, "Configuring advanced logging controls".
 */
export function parseLogLevel(text: string | undefined): LogLevel {
  const level = text?.toUpperCase();
  return logLevels.find((candidate) => candidate === level) ?? 'INFO';
}

/** True if a line of `level` is written by a logger of `threshold`. */
export function isLogged(level: LogLevel, threshold: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(threshold);
}
