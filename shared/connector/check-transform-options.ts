import type { Findings } from '../config/findings.ts';
import type { ConnectorPlan } from './connector-plan.ts';

/** Finds what is wrong with the classes and options of a plan's transforms; nothing without transforms. */
export async function checkTransformOptions({ transforms }: ConnectorPlan, findings: Findings): Promise<void> {
  if (transforms === undefined) return;
  const { checkTransforms } = await import('../transform/check-transforms.ts');
  const { errors, warnings } = checkTransforms(transforms);
  findings.errors.push(...errors);
  findings.warnings.push(...warnings);
}
