import { dependencyPlugin, type MavenPackage } from '../maven-package.ts';

const version = '2.6.13.Final';

/** The schema registry Apicurio, which speaks Confluent's API; the newest one that runs on Java 17. */
export const registryPackage: MavenPackage = {
  title: `Apicurio Registry ${version}`,
  folder: `apicurio-registry-${version}`,
  megabytes: 142,
  mavenArguments: (target) => [
    `${dependencyPlugin}:copy`,
    `-Dartifact=io.apicurio:apicurio-registry-app:${version}:tar.gz:all`,
    `-DoutputDirectory=${target}`,
  ],
  checksums: new URL('archive.sha256', import.meta.url),
  archive: `apicurio-registry-app-${version}-all.tar.gz`,
};

/** The file in the package that runs. */
export const registryJar = `apicurio-registry-app-${version}-runner.jar`;
