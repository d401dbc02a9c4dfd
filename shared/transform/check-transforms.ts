import { Findings } from '../config/findings.ts';
import { buildStep } from './build-step.ts';
import type { TransformSettings } from './transform-settings.ts';

/**
 * Everything that is found about the options of the transforms, by property: what `createTransforms` would refuse, and
 * warnings. Secrets are not read.
 */
export function checkTransforms(settings: TransformSettings): Findings {
  const findings = new Findings();
  for (const step of settings.steps) buildStep(step, findings);
  // A predicate that several transforms use is built for each.
  const seen = new Set<string>();
  const isNew = ({ message }: { message: string }) => !seen.has(message) && seen.add(message) !== undefined;
  const unique = new Findings();
  unique.errors.push(...findings.errors.filter(isNew));
  unique.warnings.push(...findings.warnings.filter(isNew));
  return unique;
}
