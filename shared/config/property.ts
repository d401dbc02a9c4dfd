import type { Product } from './product.ts';

/** What the values of each of Kafka's property types are here. LONG keeps 64 bits. */
export interface PropertyTypes {
  BOOLEAN: boolean;
  STRING: string;
  INT: number;
  SHORT: number;
  LONG: bigint;
  DOUBLE: number;
  LIST: readonly string[];
  CLASS: string;
  PASSWORD: string;
}

/** Kafka's `ConfigDef.Type`. */
export type PropertyType = keyof PropertyTypes;

/** Kafka's `ConfigDef.Importance`. */
export type Importance = 'HIGH' | 'MEDIUM' | 'LOW';

/**
 * What becomes of a property. Honoured: it does what its documentation says. Moot: it is accepted and returned, and the
 * reason says why nothing depends on it here. Refused: it would change data and cannot, so that only the values in
 * `harmless` are accepted.
 */
export type Handling =
  | { readonly kind: 'honoured' }
  | { readonly kind: 'moot'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly harmless: readonly string[] };

/** One configuration property. A name that ends in `*` stands for every property that begins so and has no row of its own. */
export interface Property<Value = unknown> {
  readonly name: string;
  /** Further names of the same property, in other products. */
  readonly aliases: readonly string[];
  readonly type: PropertyType;
  /** True: a connector without it is invalid. */
  readonly required: boolean;
  /** Default as a user would write it; absent: none. */
  readonly defaultText: DefaultText | undefined;
  readonly importance: Importance;
  readonly group: string;
  readonly documentation: string;
  readonly handling: Handling;
  /** Problem of a parsed value as a sentence, or undefined. A method, so that tables may mix value types. */
  validate?(value: Value): string | undefined;
}

/** One default for all, or one for each product. */
export type DefaultText = string | Readonly<Record<Product, string>>;

/** A property of the table, whatever its value type. */
export type AnyProperty = Property<never>;

interface HonouredSpec<Type extends PropertyType> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly type: Type;
  readonly importance?: Importance;
  readonly group: string;
  readonly documentation: string;
  readonly required?: boolean;
  readonly validate?: (value: PropertyTypes[Type]) => string | undefined;
}

/** A property that Sluice does what it says. With a default its value is never undefined. */
export function honoured<Type extends PropertyType>(
  spec: HonouredSpec<Type> & { readonly defaultText: DefaultText },
): Property<PropertyTypes[Type]>;
export function honoured<Type extends PropertyType>(
  spec: HonouredSpec<Type>,
): Property<PropertyTypes[Type] | undefined>;
export function honoured<Type extends PropertyType>(
  spec: HonouredSpec<Type> & { readonly defaultText?: DefaultText },
): Property<PropertyTypes[Type]> {
  const { validate, ...rest } = spec;
  return {
    aliases: [],
    importance: 'MEDIUM',
    required: false,
    defaultText: undefined,
    ...rest,
    handling: { kind: 'honoured' },
    ...(validate && { validate }),
  };
}

interface InertSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly type?: PropertyType;
  readonly group: string;
  /** Why nothing depends on it, or why it is refused and what to do instead: a sentence. */
  readonly reason: string;
}

/** A property that is accepted and returned, on which nothing depends here. */
export function moot(spec: InertSpec): Property {
  return inert(spec, { kind: 'moot', reason: spec.reason });
}

/** A property that would change data and is not built; values in `harmless` ask for nothing and are accepted. */
export function refused(spec: InertSpec & { readonly harmless?: readonly string[] }): Property {
  return inert(spec, { kind: 'refused', reason: spec.reason, harmless: spec.harmless ?? [''] });
}

function inert({ name, aliases = [], type = 'STRING', group, reason }: InertSpec, handling: Handling): Property {
  return {
    name,
    aliases,
    type,
    group,
    handling,
    documentation: reason,
    importance: 'LOW',
    required: false,
    defaultText: undefined,
  };
}

/** Default of the property for a connector of that product; undefined when it has none. */
export function defaultOf(property: AnyProperty, product: Product): string | undefined {
  return typeof property.defaultText === 'object' ? property.defaultText[product] : property.defaultText;
}
