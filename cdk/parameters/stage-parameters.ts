import { honoured } from '../../shared/config/property.ts';
import { nonEmpty, oneOf } from '../../shared/config/validators.ts';
import { maxStageLength } from '../../shared/contract/resource-name.ts';
import { eachMatches, matches } from './parameter-validators.ts';

const group = 'What is deployed';

/** Context parameters of what is deployed. */
export const stageParameter = {
  connectors: honoured({
    name: 'connectors',
    type: 'STRING',
    importance: 'HIGH',
    group,
    documentation:
      "The connectors: a file with Kafka Connect's JSON, several with commas between, or a folder of `.json` files; in " +
      '`cdk.json` also the JSON itself, one or a list.',
    validate: nonEmpty,
  }),
  stage: honoured({
    name: 'stage',
    type: 'STRING',
    defaultText: 'default',
    group,
    documentation: `Name of the deployment, at most ${maxStageLength} characters. Another stage is another stack beside it.`,
    validate: matches(
      new RegExp(`^(?=.{1,${maxStageLength}}$)[a-z0-9]+(-[a-z0-9]+)*$`),
      `Lower-case letters, digits and single hyphens between them are needed, at most ${maxStageLength}`,
    ),
  }),
  tags: honoured({
    name: 'tags',
    type: 'LIST',
    defaultText: '',
    group,
    documentation: 'Tags of every resource: `name=value` with commas between; in `cdk.json` also an object.',
    validate: eachMatches(/^[\w .:/+@-]+=[\w .:/=+@-]*$/, 'name=value is needed'),
  }),
  removalPolicy: honoured({
    name: 'removalPolicy',
    type: 'STRING',
    defaultText: 'destroy',
    group,
    documentation:
      'What `cdk destroy` does with the log groups: `destroy` or `retain`. The target database is never touched.',
    validate: oneOf('destroy', 'retain'),
  }),
  contextFile: honoured({
    name: 'contextFile',
    type: 'STRING',
    group,
    documentation:
      'JSON file with further context parameters, as those in `cdk/examples`. Parameters given otherwise win, unless they ' +
      'have their default.',
    validate: nonEmpty,
  }),
  bundles: honoured({
    name: 'bundles',
    type: 'STRING',
    importance: 'LOW',
    group,
    documentation: 'Folder of function bundles that are deployed as they are. Default: they are built into `dist`.',
    validate: nonEmpty,
  }),
} as const;
