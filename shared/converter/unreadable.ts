import { SluiceError } from '../errors/sluice-error.ts';

/** Throws `VALUE_UNREADABLE`. The text is a sentence without its full stop, and holds nothing of the payload. */
export function unreadable(text: string, cause?: unknown): never {
  throw new SluiceError('VALUE_UNREADABLE', `${text}.`, {
    stage: 'decode-value',
    ...(cause !== undefined && { cause }),
  });
}
