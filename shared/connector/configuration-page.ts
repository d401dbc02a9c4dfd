import { connectorClasses } from '../config/product.ts';
import type { AnyProperty, DefaultText } from '../config/property.ts';
import { propertyTable } from './property-table.ts';

/** `docs/configuration.md`, written from the property table and from the parameters of a deployment. */
export function toConfigurationPage(parameters: readonly AnyProperty[]): string {
  return `${[
    '# Configuration',
    '',
    'A connector is configured as in Kafka Connect: `{"name": …, "config": {…}}`, all values strings. This page is written',
    'from the property table by `npm run docs`. What a deployment on AWS as a whole needs are its',
    '[context parameters](#context-parameters).',
    '',
    '`connector.class` says which product Sluice stands in for, and with it the defaults that differ between them:',
    '',
    '| connector.class | column |',
    '| --- | --- |',
    ...connectorClasses.map(({ className, product }) => `| \`${className}\` | ${product} |`),
    '',
    'Names in brackets are other names of the same property. A property that is not on this page is kept, returned and',
    'warned about.',
    '',
    '## Connector names',
    '',
    'A name has letters, digits, blanks and any of `_ . : = + @ -`, at most 128 of them. The functions of a connector are',
    'called `sluice-<stage>-<name, shortened>-<8 digits of its hash>-sink`, `-filter` and `-admin`.',
    '',
    '## Honoured',
    '',
    ...section(propertyTable, 'honoured', ['property', 'type', 'default', 'meaning'], (property) => [
      nameCell(property),
      property.type,
      defaultCell(property),
      property.documentation,
    ]),
    '## Accepted without effect',
    '',
    'Validation names the reason as a warning.',
    '',
    ...section(propertyTable, 'moot', ['property', 'why nothing depends on it'], (property) => [
      nameCell(property),
      property.documentation,
    ]),
    '## Refused',
    '',
    'These would change what is written and are not there yet. Values that ask for nothing are accepted.',
    '',
    ...section(propertyTable, 'refused', ['property', 'accepted', 'instead'], (property) => [
      nameCell(property),
      harmlessCell(property),
      property.documentation,
    ]),
    '## Context parameters',
    '',
    'Parameters of `npx cdk deploy -c name=value …`, or of `context` in `cdk.json`, which holds the defaults. Any other name is',
    'refused, except those of the CDK itself, which have `:`, `@` or `/`.',
    '',
    ...section(parameters, 'honoured', ['parameter', 'type', 'default', 'meaning'], (property) => [
      nameCell(property),
      property.type,
      defaultCell(property),
      property.documentation,
    ]),
    ...section(parameters, 'refused', ['parameter', 'instead'], (property) => [
      nameCell(property),
      property.documentation,
    ]),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function section(
  table: readonly AnyProperty[],
  kind: AnyProperty['handling']['kind'],
  headings: readonly string[],
  toCells: (property: AnyProperty) => readonly string[],
): readonly string[] {
  const groups = Map.groupBy(
    table.filter(({ handling }) => handling.kind === kind),
    ({ group }) => group,
  );
  return [...groups].flatMap(([group, properties]) => [
    `### ${group}`,
    '',
    toRow(headings),
    toRow(headings.map(() => '---')),
    ...properties.map((property) => toRow(toCells(property))),
    '',
  ]);
}

function toRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function nameCell({ name, aliases }: AnyProperty): string {
  return aliases.length === 0 ? `\`${name}\`` : `\`${name}\` (${aliases.map((alias) => `\`${alias}\``).join(', ')})`;
}

function defaultCell({ defaultText, required }: AnyProperty): string {
  return required ? 'required' : defaultText === undefined ? '–' : describeDefault(defaultText);
}

function describeDefault(defaultText: DefaultText): string {
  if (typeof defaultText === 'string') return defaultText === '' ? 'empty' : `\`${defaultText}\``;
  const products = Map.groupBy(Object.entries(defaultText), ([, text]) => text);
  return [...products]
    .map(([text, entries]) => `\`${text}\`: ${entries.map(([product]) => product).join(', ')}`)
    .join('; ');
}

function harmlessCell({ handling }: AnyProperty): string {
  if (handling.kind !== 'refused') return '';
  const values = handling.harmless.map((value) => (value === '' ? 'empty' : `\`${value}\``));
  return values.join(', ');
}
