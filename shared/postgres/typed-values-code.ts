/** What {@link loadTypedValues} loads, in one chunk. */
export { compileBinding } from './bind-typed.ts';
export { toReadableImage, toReadableValue, toSeenTypes } from './seen-types.ts';
