import { changeProperties } from '../change/properties.ts';
import type { AnyProperty } from '../config/property.ts';
import { converterProperties } from '../converter/properties.ts';
import { filterProperties } from '../filter/properties.ts';
import { targetProperties } from '../postgres/properties.ts';
import { transformProperties } from '../transform/properties.ts';
import { deploymentProperty } from './deployment-properties.ts';
import { connectorProperties } from './properties.ts';

/** Every property that a connector may have, in the order in which documentation and validation list them. */
export const propertyTable: readonly AnyProperty[] = [
  ...connectorProperties,
  ...Object.values(deploymentProperty),
  ...converterProperties,
  ...transformProperties,
  ...changeProperties,
  ...filterProperties,
  ...targetProperties,
];
