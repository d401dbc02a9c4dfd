import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** Oldest Java that Apache Kafka 4 and Apicurio Registry 2 run on. */
const oldestJava = 17;
/** Java reads names of files in the locale's encoding, which in a bare container is ASCII. */
export const jvmEnvironment = { LC_ALL: 'C.UTF-8' } as const;
const executableSuffixes = process.platform === 'win32' ? ['.cmd', '.exe', '.bat'] : [''];

/**
 * Path of a `java` that is new enough. `needer` is who needs it, for the sentence.
 *
 * @throws SluiceError `TOOL_MISSING`
 */
export function findJava(needer: string, environment: NodeJS.ProcessEnv = process.env): string {
  const java = findTool('java', environment.JAVA_HOME, environment.PATH);
  if (java === undefined) {
    throw missing(`${needer} needs Java ${oldestJava} or newer, and there is no java in JAVA_HOME or on the PATH`);
  }
  const version = readJavaVersion(java);
  if (version === undefined || version < oldestJava) {
    throw missing(
      `${needer} needs Java ${oldestJava} or newer, and ${java} is Java ${version ?? 'of an unknown version'}`,
    );
  }
  return java;
}

/**
 * Path of `mvn`. `needer` is who needs it, for the sentence.
 *
 * @throws SluiceError `TOOL_MISSING`
 */
export function findMaven(needer: string, environment: NodeJS.ProcessEnv = process.env): string {
  const maven = findTool('mvn', environment.MAVEN_HOME, environment.PATH);
  if (maven !== undefined) return maven;
  throw missing(`${needer} is downloaded once through Maven, and there is no mvn in MAVEN_HOME or on the PATH`);
}

function findTool(name: string, home: string | undefined, path: string | undefined): string | undefined {
  const folders = [...(home ? [join(home, 'bin')] : []), ...(path ?? '').split(delimiter).filter(Boolean)];
  const candidates = folders.flatMap((folder) => executableSuffixes.map((suffix) => join(folder, name + suffix)));
  return candidates.find((candidate) => existsSync(candidate));
}

/** Java prints `openjdk version "17.0.15"`; before 9 it was `"1.8.0_292"`. */
function readJavaVersion(java: string): number | undefined {
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const found = /version "(?:1\.)?(\d+)/.exec(stderr ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

function missing(what: string): SluiceError {
  return new SluiceError(
    'TOOL_MISSING',
    `${what}. Install it (Debian: apt-get install default-jre-headless maven), or start without that option.`,
  );
}
