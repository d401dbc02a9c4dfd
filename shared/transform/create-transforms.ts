import { Findings } from '../config/findings.ts';
import type { ConnectRecord } from '../data/connect-record.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { type BuiltStep, buildStep, secretOptions } from './build-step.ts';
import { TransformProblem } from './transform-problem.ts';
import type { TransformSettings, TransformStep } from './transform-settings.ts';

/** What the transforms of a connector need from outside. */
export interface TransformPorts {
  /** What a text refers to (`${secretsmanager:…}`), as the key of Mask; a text that is no reference stands for itself. */
  readonly resolveSecret: (text: string) => Promise<string>;
}

/** The transforms of a connector, one after the other. */
export interface TransformChain {
  /**
   * The record after all transforms; null when one dropped it. Never changes what it is given. Values without schema must
   * have been decoded lossless: transforms make text, hashes and decisions of numbers.
   *
   * @throws SluiceError `TRANSFORM_FAILED` that names the transform, never a value
   */
  apply(record: ConnectRecord): ConnectRecord | null;
  /** False: no transform looks at keys, which need not be decoded. */
  readonly readsKey: boolean;
  /** False: no transform looks at headers that a record came with, which need not be decoded. */
  readonly readsHeaders: boolean;
  readonly mayChangeTopic: boolean;
}

/**
 * Makes the chain of a connector's transforms.
 *
 * @throws SluiceError `CONFIG_INVALID` with every problem of their options; what reading a secret throws
 */
export async function createTransforms(settings: TransformSettings, ports: TransformPorts): Promise<TransformChain> {
  const findings = new Findings();
  const resolved = await Promise.all(settings.steps.map((step) => resolveSecrets(step, ports)));
  const steps = resolved.flatMap((step) => buildStep(step, findings) ?? []);
  if (findings.errors.length > 0) {
    const problems = findings.errors.map(({ message }) => message).join('\n');
    throw new SluiceError('CONFIG_INVALID', `The transforms have ${findings.errors.length} problem(s):\n${problems}`);
  }
  return {
    apply: (record) => {
      let current: ConnectRecord | null = record;
      for (const step of steps) {
        current = applyStep(step, current);
        if (current === null) return null;
      }
      return current;
    },
    readsKey: steps.some(({ readsKey }) => readsKey === true),
    readsHeaders: steps.some(({ readsHeaders }) => readsHeaders === true),
    mayChangeTopic: steps.some(({ mayChangeTopic }) => mayChangeTopic === true),
  };
}

function applyStep({ alias, simpleName, runsOn, apply }: BuiltStep, record: ConnectRecord): ConnectRecord | null {
  try {
    return runsOn === undefined || runsOn(record) ? apply(record) : record;
  } catch (error) {
    if (!(error instanceof TransformProblem)) throw error;
    const message = `The transform ${alias} (${simpleName}) cannot transform the record: ${error.message}.`;
    throw new SluiceError('TRANSFORM_FAILED', message, { stage: 'transform' });
  }
}

/** References are resolved in options that are secrets only. */
async function resolveSecrets(step: TransformStep, { resolveSecret }: TransformPorts): Promise<TransformStep> {
  const options: Record<string, string> = { ...step.options };
  for (const { name } of secretOptions(step)) {
    const text = options[name];
    if (text !== undefined) options[name] = await resolveSecret(text);
  }
  return { ...step, options };
}
