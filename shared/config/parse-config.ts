import type { Findings } from './findings.ts';
import { nearestName } from './nearest-name.ts';
import { parseValue } from './parse-value.ts';
import type { Product } from './product.ts';
import { type AnyProperty, defaultOf, type Property } from './property.ts';

/** Typed values of a configuration. */
export interface PropertyValues {
  /** The value, else the default, else undefined. An invalid value reads as if it had not been set. */
  get<Value>(property: Property<Value>): Value;
  /** The name under which the user set the property; undefined when it was not set. */
  writtenAs(property: AnyProperty): string | undefined;
  /** What the user set under names that begin with the prefix, by the rest of their names. */
  textsUnder(prefix: string): Readonly<Record<string, string>>;
}

/**
 * Parses a configuration by a table of properties. Every problem is added to `findings`: values that do not parse or
 * validate, missing required properties, aliases that contradict each other, refused properties. Moot and unknown
 * properties are warnings, the latter with the nearest known name.
 */
export function parseConfig(
  table: readonly AnyProperty[],
  config: Readonly<Record<string, string>>,
  product: Product,
  findings: Findings,
): PropertyValues {
  const values = new Map<string, unknown>();
  const written = new Map<string, string>();
  for (const property of table.filter(({ name }) => !name.endsWith('*'))) {
    const name = writtenName(property, config, findings);
    if (name !== undefined) written.set(property.name, name);
    const value = name === undefined ? undefined : checkedValue(property, name, config[name]!, findings);
    const fallback = defaultOf(property, product);
    if (value !== undefined) values.set(property.name, value);
    else if (fallback !== undefined) values.set(property.name, valueOrThrow(property, fallback));
    if (name === undefined && property.required) {
      findings.error(property.name, `Missing required configuration "${property.name}" which has no default value.`);
    }
  }
  checkOtherNames(table, config, findings);
  return {
    get: <Value>(property: Property<Value>) => values.get(property.name) as Value,
    writtenAs: (property) => written.get(property.name),
    textsUnder: (prefix) =>
      Object.fromEntries(
        Object.entries(config).flatMap(([name, text]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), text]] : [],
        ),
      ),
  };
}

/** The row of the table that a name belongs to: by name, by alias, else the longest fitting `prefix*`. */
export function findProperty(table: readonly AnyProperty[], name: string): AnyProperty | undefined {
  const exact = table.find((property) => property.name === name || property.aliases.includes(name));
  if (exact) return exact;
  return table
    .filter((property) => property.name.endsWith('*') && name.startsWith(property.name.slice(0, -1)))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

function writtenName(
  property: AnyProperty,
  config: Readonly<Record<string, string>>,
  findings: Findings,
): string | undefined {
  const [first, ...others] = [property.name, ...property.aliases].filter((name) => Object.hasOwn(config, name));
  for (const other of others) {
    if (config[other]!.trim() !== config[first!]!.trim()) {
      findings.error(
        other,
        `${first} and ${other} mean the same property but have different values; keep one of them.`,
      );
    }
  }
  return first;
}

function checkedValue(property: AnyProperty, name: string, text: string, findings: Findings): unknown {
  if (property.handling.kind !== 'honoured') return checkInert(property, name, text, findings);
  const parsed = parseValue(property.type, text);
  const problem = 'problem' in parsed ? parsed.problem : property.validate?.(parsed.value as never);
  if (problem !== undefined) {
    const shown = property.type === 'PASSWORD' ? '[hidden]' : text;
    findings.error(name, `Invalid value ${shown} for configuration ${name}: ${problem}`);
    return undefined;
  }
  return (parsed as { value: unknown }).value;
}

function checkInert({ handling }: AnyProperty, name: string, text: string, findings: Findings): undefined {
  if (handling.kind === 'moot') findings.warn(name, `${name} has no effect: ${handling.reason}`);
  if (handling.kind === 'refused' && !handling.harmless.includes(text.trim().toLowerCase())) {
    findings.error(name, `${name} is refused: ${handling.reason}`);
  }
  return undefined;
}

function checkOtherNames(
  table: readonly AnyProperty[],
  config: Readonly<Record<string, string>>,
  findings: Findings,
): void {
  const known = table.flatMap(({ name, aliases }) => [name, ...aliases]).filter((name) => !name.endsWith('*'));
  for (const [name, text] of Object.entries(config)) {
    const property = findProperty(table, name);
    if (property?.name.endsWith('*')) checkInert(property, name, text, findings);
    if (property) continue;
    const nearest = nearestName(name, known);
    const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    findings.warn(name, `${name} is unknown; it is kept and has no effect.${hint}`);
  }
}

function valueOrThrow(property: AnyProperty, text: string): unknown {
  const parsed = parseValue(property.type, text);
  if ('problem' in parsed) throw new TypeError(`The default of ${property.name} does not parse: ${parsed.problem}`);
  return parsed.value;
}
