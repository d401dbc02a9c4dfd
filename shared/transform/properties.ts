import type { Findings } from '../config/findings.ts';
import type { PropertyValues } from '../config/parse-config.ts';
import { type AnyProperty, honoured, type Property } from '../config/property.ts';
import type { PluginSettings, TransformSettings, TransformStep } from './transform-settings.ts';

const group = 'Transforms';

const transforms = aliasList(
  'transforms',
  'Aliases of the transforms that every record passes after it is decoded, in this order. Those of Kafka Connect, the ' +
    'usual ones of Debezium and Confluent, and `io.sluice.transforms.Mask`: see transforms.md.',
);
const predicates = aliasList('predicates', 'Aliases of the predicates by which transforms are run or not.');

/** Properties of transforms and predicates. Their options are those of their classes. */
export const transformProperties: readonly AnyProperty[] = [
  transforms,
  honoured({
    name: 'transforms.*',
    type: 'STRING',
    group,
    documentation:
      '`transforms.<alias>.type` is the class, `.predicate` the alias of a predicate that must hold, with `.negate=true` ' +
      'one that must not; whatever else begins so is an option of the class.',
  }),
  predicates,
  honoured({
    name: 'predicates.*',
    type: 'STRING',
    group,
    documentation: '`predicates.<alias>.type` is the class; whatever else begins so is an option of the class.',
  }),
];

/**
 * The transforms of a connector; undefined when it has none. An alias without a class, a predicate that is not listed,
 * `negate` without a predicate are findings. Classes and their options are checked by `checkTransforms`, whose code is
 * loaded by connectors with transforms only.
 */
export function toTransformSettings(values: PropertyValues, findings: Findings): TransformSettings | undefined {
  const known = new Map(toAliases(values, predicates).map((alias) => [alias, toPlugin('predicates', alias)]));
  const aliases = toAliases(values, transforms);
  const steps = aliases.map((alias) => toStep(alias));
  warnOfUnlisted('transforms', aliases);
  warnOfUnlisted('predicates', [...known.keys()]);
  return steps.length === 0 ? undefined : { steps };

  function toStep(alias: string): TransformStep {
    const { options, ...plugin } = toPlugin('transforms', alias);
    const { predicate: predicateAlias, negate: negateText, ...others } = options;
    const name = `transforms.${alias}`;
    const negate = negateText?.trim().toLowerCase() ?? 'false';
    if (negate !== 'true' && negate !== 'false') {
      findings.error(`${name}.negate`, `${name}.negate: Expected value to be either true or false.`);
    }
    const chosen = predicateAlias?.trim() ?? '';
    const predicate = known.get(chosen);
    if (chosen === '' && negateText !== undefined) {
      findings.error(`${name}.negate`, `${name}.negate has no meaning without ${name}.predicate.`);
    }
    if (chosen !== '' && predicate === undefined) {
      findings.error(`${name}.predicate`, `${name}.predicate: ${chosen} is not among the predicates.`);
    }
    return { ...plugin, options: others, ...(predicate && { predicate }), negate: negate === 'true' };
  }

  function toPlugin(kind: 'transforms' | 'predicates', alias: string): PluginSettings {
    const { type, 'plugin.version': _version, ...options } = values.textsUnder(`${kind}.${alias}.`);
    const name = `${kind}.${alias}.type`;
    if (type === undefined || type.trim() === '') {
      findings.error(name, `Missing required configuration "${name}" which has no default value.`);
    }
    return { alias, className: type?.trim() ?? '', options };
  }

  function toAliases(of: PropertyValues, property: typeof transforms): readonly string[] {
    const written = (of.get(property) ?? []).filter((alias) => alias !== '');
    const twice = written.find((alias, index) => written.indexOf(alias) !== index);
    if (twice !== undefined) findings.error(property.name, `${property.name} names ${twice} twice.`);
    return [...new Set(written)];
  }

  function warnOfUnlisted(kind: 'transforms' | 'predicates', listed: readonly string[]): void {
    for (const rest of Object.keys(values.textsUnder(`${kind}.`))) {
      if (listed.some((alias) => rest.startsWith(`${alias}.`))) continue;
      const alias = rest.split('.', 1)[0]!;
      findings.warn(`${kind}.${rest}`, `${kind}.${rest} has no effect: ${kind} does not list ${alias}.`);
    }
  }
}

/** True when a transform keeps values of a record from the target, so that its dead letters should not hold them. */
export function hidesValues(settings: TransformSettings | undefined): boolean {
  return (
    settings?.steps.some(({ className, options }) => {
      if (/\.(?:Mask|MaskField)\$(?:Key|Value)$/.test(className)) return true;
      const leavesOut = ['include', 'exclude', 'whitelist', 'blacklist'].some((name) => (options[name] ?? '') !== '');
      return /\.ReplaceField\$(?:Key|Value)$/.test(className) && leavesOut;
    }) ?? false
  );
}

/** Aliases of the transforms that leave rows of Debezium's envelopes, where `record.format=envelope` reads nothing else. */
export function unwrappingSteps(settings: TransformSettings | undefined): readonly string[] {
  const steps = settings?.steps ?? [];
  return steps.filter(({ className }) => className.endsWith('.ExtractNewRecordState')).map(({ alias }) => alias);
}

/** True for the name of an option of a transform that is a secret: the key of Mask. */
export function isTransformSecret(name: string): boolean {
  return /^transforms\..+\.hash\.key$/.test(name);
}

function aliasList(name: string, documentation: string): Property<readonly string[] | undefined> {
  return honoured({ name, type: 'LIST', group, documentation });
}
