import { randomInt } from 'node:crypto';

/** How many times as many schedules are tried as in the ordinary run. */
export const propertyEffort = Number(process.env.SLUICE_PROPERTY_EFFORT ?? 1);
/** Repeats a run: the seed that a failure prints. */
export const propertySeed = Number(process.env.SLUICE_PROPERTY_SEED ?? randomInt(2 ** 31));

/** What a test of a property says first, so that it can be repeated. */
export const propertyDiagnostic = `seed ${propertySeed} (SLUICE_PROPERTY_SEED), effort ${propertyEffort} (SLUICE_PROPERTY_EFFORT)`;

/** fast-check's parameters for a property of which the ordinary run tries `runs` schedules in at most `limitMs`. */
export function toPropertyParameters(runs: number, limitMs: number) {
  return {
    seed: propertySeed,
    numRuns: Math.ceil(runs * propertyEffort),
    timeout: 60_000,
    interruptAfterTimeLimit: limitMs * Math.max(1, propertyEffort),
    includeErrorInReport: true,
    endOnFailure: process.env.SLUICE_PROPERTY_SHRINK === 'false',
  };
}
