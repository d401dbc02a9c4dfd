import { mappingsOf } from '../connector-mappings.ts';
import { type ConnectorStateInfo, toStateInfo } from '../connector-view.ts';
import type { ControlContext } from '../control-context.ts';
import { readConnector } from '../deployed-connector.ts';
import { readNames } from '../find-connector.ts';
import { mapInGroups } from '../map-in-groups.ts';
import { type ConnectorProgress, readProgress } from '../read-progress.ts';

/** How a connector is, as pages show it. */
export interface ConsoleSample {
  readonly state: ConnectorStateInfo;
  readonly progress: ConnectorProgress;
  /** Records a second since the sample before, whatever became of them; null while there was none. */
  readonly rate: number | null;
}

/** Samples of all connectors, by name in ascending order. */
export interface ConsoleSampler {
  /** May be as old as {@link sampleAgeMs}: however many look, the connectors are asked once in that time. */
  read(): Promise<ReadonlyMap<string, ConsoleSample>>;
}

/** Milliseconds for which a sample is shown again. */
export const sampleAgeMs = 3_000;

interface Reading {
  readonly at: number;
  readonly samples: Promise<ReadonlyMap<string, ConsoleSample>>;
}

/** A sampler of one app; the first reading after a pause tells no rates older than that pause. */
export function createConsoleSampler(control: ControlContext): ConsoleSampler {
  let last: Reading | undefined;
  const readOne = async (name: string, before: Reading | undefined, at: number) => {
    const { client, defaults, lists } = control;
    const deployed = await readConnector(client, defaults.stage, name);
    if (deployed === undefined) return [];
    const progress = await readProgress(control, deployed);
    const mappings = mappingsOf(await lists.mappings(), defaults.stage, name);
    const state = toStateInfo(deployed, mappings, 'error' in progress ? undefined : progress);
    const earlier = (await before?.samples.catch(() => undefined))?.get(name)?.progress;
    const [now, then] = [toRecords(progress), toRecords(earlier)];
    const seconds = (at - (before?.at ?? at)) / 1_000;
    const rate = now === undefined || then === undefined || seconds <= 0 || now < then ? null : (now - then) / seconds;
    return [[name, { state, progress, rate }] as const];
  };
  const readAll = async (before: Reading | undefined, at: number) => {
    const names = [...(await readNames(control))].sort();
    return new Map((await mapInGroups(names, (name) => readOne(name, before, at))).flat());
  };
  return {
    read: () => {
      const at = control.now();
      if (last !== undefined && at - last.at < sampleAgeMs) return last.samples;
      const reading = { at, samples: readAll(last, at) };
      last = reading;
      reading.samples.catch(() => {
        if (last === reading) last = undefined;
      });
      return reading.samples;
    },
  };
}

function toRecords(progress: ConnectorProgress | undefined): number | undefined {
  if (progress === undefined || 'error' in progress) return undefined;
  const { applied, filtered, duplicate, deadLettered } = progress.totals;
  return applied + filtered + duplicate + deadLettered;
}
