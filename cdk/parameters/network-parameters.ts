import { honoured } from '../../shared/config/property.ts';
import { eachMatches, matches } from './parameter-validators.ts';

const group = 'Network';

/** Context parameters of the network of the functions. */
export const networkParameter = {
  vpcId: honoured({
    name: 'vpcId',
    type: 'STRING',
    group,
    documentation: 'VPC of the subnets; needed where a security group is to be made.',
    validate: matches(/^vpc-[0-9a-f]{8,17}$/, 'vpc- and hexadecimal digits are needed'),
  }),
  subnetIds: honoured({
    name: 'subnetIds',
    type: 'LIST',
    defaultText: '',
    importance: 'HIGH',
    group,
    documentation: 'Subnets of the functions. Without, they reach public addresses only.',
    validate: eachMatches(/^subnet-[0-9a-f]{8,17}$/, 'subnet- and hexadecimal digits are needed'),
  }),
  securityGroupIds: honoured({
    name: 'securityGroupIds',
    type: 'LIST',
    defaultText: '',
    group,
    documentation:
      'Security groups of the functions, at most 5. Default with `subnetIds`: one is made, without ingress.',
    validate: (groups) =>
      groups.length > 5
        ? 'A function has at most 5 security groups'
        : eachMatches(/^sg-[0-9a-f]{8,17}$/, 'sg- and hexadecimal digits are needed')(groups),
  }),
} as const;
