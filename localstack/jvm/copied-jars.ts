import { fileURLToPath } from 'node:url';
import { dependencyPlugin, type MavenPackage } from './maven-package.ts';

/** What differs between packages of jars. */
export interface CopiedJars {
  readonly title: string;
  readonly folder: string;
  readonly megabytes: number;
  /** Folder with `pom.xml`, whose dependencies are the jars, and `jars.sha256`, what they resolve to. It ends in `/`. */
  readonly definition: URL;
  /** Groups whose jars are left out, because what loads the package has them. */
  readonly excludedGroups?: readonly string[];
}

/** The package of the jars that a `pom.xml` depends on. */
export function copiedJars({ definition, excludedGroups = [], ...names }: CopiedJars): MavenPackage {
  return {
    ...names,
    mavenArguments: (target) => [
      '-f',
      fileURLToPath(new URL('pom.xml', definition)),
      `${dependencyPlugin}:copy-dependencies`,
      '-DincludeScope=runtime',
      `-DoutputDirectory=${target}`,
      ...(excludedGroups.length === 0 ? [] : [`-DexcludeGroupIds=${excludedGroups.join(',')}`]),
    ],
    checksums: new URL('jars.sha256', definition),
  };
}
