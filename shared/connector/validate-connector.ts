import type { Finding } from '../config/findings.ts';
import { findProperty } from '../config/parse-config.ts';
import { matchingConnectorClasses, type Product } from '../config/product.ts';
import { type AnyProperty, defaultOf } from '../config/property.ts';
import { maskValue } from './mask-config.ts';
import { type PlanOptions, planConnector } from './plan-connector.ts';
import { propertyTable } from './property-table.ts';

/** A property as Kafka Connect's REST API describes it (`ConfigKeyInfo`). */
export interface ConfigKeyInfo {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly default_value: string | null;
  readonly importance: string;
  readonly documentation: string;
  readonly group: string | null;
  readonly width: string;
  readonly display_name: string;
  readonly dependents: readonly string[];
  readonly order: number;
}

/** What Kafka Connect's REST API answers to a validation (`ConfigInfos`). */
export interface ConfigInfos {
  readonly name: string;
  readonly error_count: number;
  readonly groups: readonly string[];
  readonly configs: readonly {
    /** Null for a name that only begins as a property does. */
    readonly definition: ConfigKeyInfo | null;
    readonly value: {
      readonly name: string;
      readonly value: string | null;
      readonly recommended_values: readonly string[];
      readonly errors: readonly string[];
      readonly visible: boolean;
    };
  }[];
}

/** A validation in Kafka Connect's shape, and the warnings, for which that shape has no room. */
export interface ConnectorValidation {
  readonly infos: ConfigInfos;
  readonly warnings: readonly Finding[];
}

const rows = propertyTable.filter(({ name }) => !name.endsWith('*'));

/**
 * Validates a configuration property by property; `more` are errors that only the deployment knows. Never throws for what a
 * user wrote, and shows no password.
 */
export function validateConnector(
  config: Readonly<Record<string, string>>,
  options: PlanOptions = {},
  more: readonly Finding[] = [],
): ConnectorValidation {
  const { findings } = planConnector({ name: config.name ?? '', config }, options);
  const product = productOf(config);
  for (const { property, message } of more) findings.error(property, message);
  const errors = Map.groupBy(findings.errors, ({ property }) => canonicalName(property));
  const undeclared = [...errors.keys()].filter((name) => !rows.some((row) => row.name === name));
  const messagesOf = (name: string) => (errors.get(name) ?? []).map(({ message }) => message);
  return {
    infos: {
      name: config['connector.class'] ?? '',
      error_count: findings.errors.length,
      groups: [...new Set(rows.map(({ group }) => group))],
      configs: [
        ...rows.map((row, index) => ({
          definition: toConfigKeyInfo(row, product, index),
          value: toValue(row.name, shownValue(row, config, product), messagesOf(row.name)),
        })),
        ...undeclared.map((name) => ({
          definition: null,
          value: toValue(name, config[name] === undefined ? null : maskValue(name, config[name]), messagesOf(name)),
        })),
      ],
    },
    warnings: findings.warnings,
  };
}

/** Every property in Kafka Connect's shape, with the defaults of a connector class. */
export function describeProperties(product: Product): readonly ConfigKeyInfo[] {
  return rows.map((row, index) => toConfigKeyInfo(row, product, index));
}

/** A property in Kafka Connect's shape, with the default of a connector class; `index` counts from 0. */
export function toConfigKeyInfo(property: AnyProperty, product: Product, index: number): ConfigKeyInfo {
  return {
    name: property.name,
    type: property.type,
    required: property.required,
    default_value: defaultOf(property, product) ?? null,
    importance: property.importance,
    documentation: property.documentation,
    group: property.group,
    width: 'NONE',
    display_name: property.name,
    dependents: [],
    order: index + 1,
  };
}

function shownValue(property: AnyProperty, config: Readonly<Record<string, string>>, product: Product): string | null {
  const name = [property.name, ...property.aliases].find((candidate) => Object.hasOwn(config, candidate));
  if (name === undefined) return defaultOf(property, product) ?? null;
  return maskValue(name, config[name]!);
}

function toValue(name: string, value: string | null, errors: readonly string[]) {
  return { name, value, recommended_values: [], errors, visible: true };
}

function canonicalName(name: string): string {
  const property = findProperty(propertyTable, name);
  return property === undefined || property.name.endsWith('*') ? name : property.name;
}

function productOf(config: Readonly<Record<string, string>>): Product {
  return matchingConnectorClasses(config['connector.class']?.trim() ?? '')[0]?.product ?? 'sluice';
}
