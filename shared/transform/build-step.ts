import type { Findings } from '../config/findings.ts';
import type { AnyProperty } from '../config/property.ts';
import { parseOptions } from './options.ts';
import { missingPredicate, missingTransform, transformClassNames } from './plugin-class.ts';
import type { BuiltTransform, TransformDefinition } from './plugin-definition.ts';
import type { Predicate } from './transform.ts';
import { predicateDefinitions, transformDefinitions } from './transform-definitions.ts';
import type { PluginSettings, TransformStep } from './transform-settings.ts';

/** A step that was made: where its condition does not hold it leaves a record as it is. */
export interface BuiltStep extends BuiltTransform {
  readonly alias: string;
  /** As `ReplaceField$Value`. */
  readonly simpleName: string;
  readonly runsOn?: Predicate;
}

/**
 * Makes a step; undefined for a class that there is not. With errors among the findings, what it answers must not be
 * used.
 */
export function buildStep(step: TransformStep, findings: Findings): BuiltStep | undefined {
  const { alias, className, negate } = step;
  const predicate = step.predicate && buildPredicate(step.predicate, findings);
  const definition = findDefinition(className);
  if (definition === undefined) {
    findings.error(`transforms.${alias}.type`, `transforms.${alias}.type: ${missingTransform(className)}`);
    return undefined;
  }
  const part = className.endsWith('$Key') ? 'key' : 'value';
  const options = parseOptions(definition.options, step.options, `transforms.${alias}.`, findings);
  const built = definition.build(options, part);
  const test = predicate?.test;
  return {
    ...built,
    readsKey: part === 'key' || built.readsKey === true,
    readsHeaders: built.readsHeaders === true || predicate?.readsHeaders === true,
    alias,
    simpleName: className.slice(className.lastIndexOf('.') + 1),
    ...(test && { runsOn: negate ? (record) => !test(record) : test }),
  };
}

/** The options of a step that hold secrets. */
export function secretOptions({ className }: TransformStep): readonly AnyProperty[] {
  const options = findDefinition(className)?.options ?? [];
  return options.filter(({ type }) => type === 'PASSWORD');
}

function findDefinition(className: string): TransformDefinition | undefined {
  if (!transformClassNames.includes(className)) return undefined;
  return transformDefinitions[className] ?? transformDefinitions[className.split('$', 1)[0]!];
}

function buildPredicate({ alias, className, options }: PluginSettings, findings: Findings) {
  const definition = predicateDefinitions[className];
  if (definition === undefined) {
    findings.error(`predicates.${alias}.type`, `predicates.${alias}.type: ${missingPredicate(className)}`);
    return undefined;
  }
  return {
    test: definition.build(parseOptions(definition.options, options, `predicates.${alias}.`, findings)),
    readsHeaders: definition.readsHeaders === true,
  };
}
