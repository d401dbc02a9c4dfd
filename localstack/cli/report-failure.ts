import { SluiceError } from '../../shared/errors/sluice-error.ts';

/**
 * Prints an error as one sentence to stderr and makes the process end with 1; SLUICE_DEBUG shows the whole error.
 */
export function reportFailure(error: unknown): void {
  process.exitCode = 1;
  if (process.env.SLUICE_DEBUG) console.error(error);
  else console.error(`sluice: ${toSentence(error)}`);
}

/** The error in one line, its code behind it when it is one of Sluice's own. */
export function toSentence(error: unknown): string {
  if (error instanceof SluiceError) return `${oneLine(error.message)} (${error.code})`;
  if (error instanceof AggregateError && error.errors.length > 0) return toSentence(error.errors[0]);
  if (error instanceof TypeError && error.cause instanceof Error) return toSentence(error.cause);
  return oneLine(error instanceof Error ? error.message : String(error));
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
