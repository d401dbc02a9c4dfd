import { Findings } from '../config/findings.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { AnyProperty, Property } from '../config/property.ts';

/** The parsed options of one transform or predicate. */
export interface Options {
  /** The value, else the default, else undefined; as if not set when it is invalid. */
  get<Value>(option: Property<Value>): Value;
  /** Reports what is wrong with an option: a sentence. */
  refuse(option: AnyProperty, problem: string): void;
  /** Tells why an option has no effect. */
  warn(option: AnyProperty, remark: string): void;
  /**
   * What the function answers, which throws SyntaxError for a problem of the option; undefined after it did, and the
   * problem is reported.
   */
  compile<Result>(option: AnyProperty, make: () => Result): Result | undefined;
}

/**
 * Parses options as Connect's `ConfigDef` does: types, required ones, allowed values; an option that the class has not is
 * a warning. `prefix` is what stands before their names in the connector, as `transforms.mask.`.
 */
export function parseOptions(
  table: readonly AnyProperty[],
  texts: Readonly<Record<string, string>>,
  prefix: string,
  findings: Findings,
): Options {
  const inFull = (name: string) => `${prefix}${name}`;
  const rename = (option: AnyProperty): AnyProperty => ({
    ...option,
    name: inFull(option.name),
    aliases: option.aliases.map(inFull),
  });
  const renamed = new Map<AnyProperty, AnyProperty>(table.map((option) => [option, rename(option)]));
  const config = Object.fromEntries(Object.entries(texts).map(([name, text]) => [inFull(name), text]));
  const values = parseConfig([...renamed.values()], config, 'sluice', findings);
  const nameOf = (option: AnyProperty) => values.writtenAs(renamed.get(option)!) ?? inFull(option.name);
  const refuse = (option: AnyProperty, problem: string) => {
    findings.error(nameOf(option), `${nameOf(option)}: ${problem}`);
  };
  return {
    get: <Value>(option: Property<Value>) => values.get(renamed.get(option as AnyProperty) as Property<Value>),
    refuse,
    warn: (option, remark) => findings.warn(nameOf(option), `${nameOf(option)} has no effect: ${remark}`),
    compile: (option, make) => {
      try {
        return make();
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        refuse(option, error.message);
        return undefined;
      }
    },
  };
}

/** Options of a transform that another one is made of; they are right by construction. */
export function fixedOptions(table: readonly AnyProperty[], texts: Readonly<Record<string, string>>): Options {
  const findings = new Findings();
  const options = parseOptions(table, texts, '', findings);
  if (findings.errors.length > 0) throw new TypeError(findings.errors[0]!.message);
  return options;
}
