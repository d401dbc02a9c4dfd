import { App } from 'aws-cdk-lib';
import { buildBundles, defaultOutDir } from '../functions/bundle.ts';
import { isSluiceError } from '../shared/errors/sluice-error.ts';
import { buildApp } from './build-app.ts';

const app = new App();
try {
  await buildApp(app, () => buildBundles({ outDir: defaultOutDir }));
  app.synth();
} catch (error) {
  if (!isSluiceError(error, 'config')) throw error;
  // The user's own mistake: a list of what to correct, without a stack of ours.
  console.error(error.message);
  process.exitCode = 1;
}
