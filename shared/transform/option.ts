import { honoured } from '../config/property.ts';

const group = 'Transforms';

/** Whether a field that is null reads as its default; an option of most of Connect's transforms. */
export const replaceNullWithDefault = honoured({
  name: 'replace.null.with.default',
  type: 'BOOLEAN',
  defaultText: 'true',
  group,
  documentation: 'Whether a field that is null and has a default reads as the default.',
});

/** A name or text that must be given. */
export function requiredText(name: string, documentation: string, validate?: (value: string) => string | undefined) {
  return honoured({ name, type: 'STRING', required: true, group, documentation, ...(validate && { validate }) });
}

/** A text that may be left out. */
export function optionalText(name: string, documentation: string, validate?: (value: string) => string | undefined) {
  return honoured({ name, type: 'STRING', group, documentation, ...(validate && { validate }) });
}

/** A list that must be given and have an element. */
export function requiredList(name: string, documentation: string) {
  return honoured({
    name,
    type: 'LIST',
    required: true,
    group,
    documentation,
    validate: (value) => (value.length === 0 ? 'Empty list' : undefined),
  });
}

/** A list that is empty unless it is given. */
export function listOption(name: string, documentation: string, aliases: readonly string[] = []) {
  return honoured({ name, aliases, type: 'LIST', defaultText: '', group, documentation });
}

/** A text with a default. */
export function textOption(
  name: string,
  defaultText: string,
  documentation: string,
  validate?: (value: string) => string | undefined,
) {
  return honoured({ name, type: 'STRING', defaultText, group, documentation, ...(validate && { validate }) });
}

/** True or false, with a default. */
export function flagOption(name: string, defaultText: 'true' | 'false', documentation: string) {
  return honoured({ name, type: 'BOOLEAN', defaultText, group, documentation });
}
