import { SluiceError } from '../errors/sluice-error.ts';

const maxCauses = 5;
const maxFrames = 6;

/**
 * What a log line may tell of an error. Of a {@link SluiceError} all of it, its message included, because those hold no
 * payloads. Of any other error its name, its `code` and where it was thrown, but not its message: PostgreSQL's and the
 * JSON parser's quote row data. Causes follow in the same form, at most five deep.
 */
export function toErrorFields(error: unknown): Record<string, unknown> {
  return describe(error, 0);
}

function describe(error: unknown, depth: number): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const cause = error.cause === undefined || depth === maxCauses ? {} : { cause: describe(error.cause, depth + 1) };
  if (error instanceof SluiceError) {
    const { name, code, errorClass, message, stage, coordinates, sqlState, column } = error;
    const bug = errorClass === 'invariant' ? { stack: toFrames(error) } : {};
    return { name, code, class: errorClass, message, stage, coordinates, sqlState, column, ...bug, ...cause };
  }
  const { code } = error as { code?: unknown };
  const known = typeof code === 'string' || typeof code === 'number' ? { code } : {};
  return { name: error.name, ...known, stack: toFrames(error), ...cause };
}

/** Only the frames: the lines before them repeat the message. */
function toFrames(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => /^at .*:\d+:\d+\)?$/.test(line)).slice(0, maxFrames);
}
