import { spawnSync } from 'node:child_process';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** Versions of Python that LocalStack 4.13.1 runs on with the packages of its lock file, the tested one first. */
const minorVersions = [11, 12, 13];
const probe = 'import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])';

/** A Python that can make virtual environments. */
export interface PythonTool {
  /** Name or path of the program. */
  readonly program: string;
  /** `3.11`. */
  readonly version: string;
}

/**
 * A Python of a version that fits: `SLUICE_PYTHON`, else one from the PATH. `needer` is who needs it, for the sentence.
 *
 * @throws SluiceError `TOOL_MISSING`
 */
export function findPython(needer: string, environment: NodeJS.ProcessEnv = process.env): PythonTool {
  const named = environment.SLUICE_PYTHON;
  const programs = named ? [named] : [...minorVersions.map((minor) => `python3.${minor}`), 'python3', 'python'];
  for (const program of programs) {
    const { stdout, status } = spawnSync(program, ['-c', probe], { encoding: 'utf8', env: environment });
    const [, minor] = /^3 (\d+)\s*$/.exec(stdout ?? '') ?? [];
    if (status === 0 && minorVersions.includes(Number(minor))) return { program, version: `3.${minor}` };
  }
  const versions = `Python 3.${minorVersions[0]} to 3.${minorVersions.at(-1)} with its venv module`;
  const place = named ? `SLUICE_PYTHON names ${named}, which is none` : 'there is none on the PATH';
  throw new SluiceError(
    'TOOL_MISSING',
    `${needer} needs ${versions}, and ${place}. Install it (Debian: apt-get install python3 python3-venv), or set SLUICE_PYTHON.`,
  );
}
