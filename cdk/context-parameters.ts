import type { AnyProperty } from '../shared/config/property.ts';
import { controlParameter } from './parameters/control-parameters.ts';
import { databaseParameter } from './parameters/database-parameters.ts';
import { functionParameter } from './parameters/function-parameters.ts';
import { kafkaParameter } from './parameters/kafka-parameters.ts';
import { networkParameter } from './parameters/network-parameters.ts';
import { operationParameter } from './parameters/operation-parameters.ts';
import { readingParameter } from './parameters/reading-parameters.ts';
import { registryParameter } from './parameters/registry-parameters.ts';
import { stageParameter } from './parameters/stage-parameters.ts';

/** Every context parameter of a deployment: `cdk deploy -c name=value`, or `context` in `cdk.json`. */
export const contextParameter = {
  ...stageParameter,
  ...kafkaParameter,
  ...networkParameter,
  ...databaseParameter,
  ...registryParameter,
  ...readingParameter,
  ...functionParameter,
  ...operationParameter,
  ...controlParameter,
} as const;

/** Every context parameter, in the order of the documentation. */
export const contextParameters: readonly AnyProperty[] = Object.values(contextParameter);
