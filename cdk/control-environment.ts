import { environmentVariable } from '../shared/contract/environment-variable.ts';
import { SluiceError } from '../shared/errors/sluice-error.ts';
import { environmentBytes, maxEnvironmentBytes } from './function-environment.ts';

/** Longest value that stands for a reference: the ARN of a role. */
const referenceBytes = 100;

/**
 * Checks that what connectors made by REST need fits the environment of the control function; `resolved` as it stands in a
 * template.
 *
 * @throws SluiceError `CONFIG_INVALID`
 */
export function assertControlFits(resolved: unknown): void {
  const text = JSON.stringify(resolved, (_key, value) => {
    const isReference =
      typeof value === 'object' && value !== null && /^(Ref|Fn::.+)$/.test(Object.keys(value)[0] ?? '');
    return isReference ? '-'.repeat(referenceBytes) : value;
  });
  const bytes = environmentBytes({ [environmentVariable.deploymentDefaults]: text });
  if (bytes <= maxEnvironmentBytes) return;
  throw new SluiceError(
    'CONFIG_INVALID',
    `What connectors made by REST need takes ${bytes} bytes of the ${maxEnvironmentBytes} of the control function's ` +
      'environment: shorten allowedHosts, bootstrapServers or subnetIds, or set controlApi=off.',
  );
}
