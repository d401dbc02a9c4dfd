/** How a record names its schema: the registry's id, or a GUID or Glue version id in lower case with dashes. */
export type SchemaReference = number | string;

/** What a schema is written in, as Confluent's registry and Glue name it. */
export type SchemaFormat = 'AVRO' | 'PROTOBUF' | 'JSON';

/** A schema that another one refers to. */
export interface ImportedSchema {
  /** The name by which it is referred to: an Avro full name, a `.proto` path, a `$ref`. */
  readonly name: string;
  readonly text: string;
}

/**
 * A schema of a registry and all that it refers to. The same reference gives the identical object as long as it is
 * remembered, so that what is derived from it may be kept in a `WeakMap`. Immutable.
 */
export interface RegisteredSchema {
  readonly reference: SchemaReference;
  /** Which registry keeps it: the body of a Protobuf record begins differently in each. */
  readonly registry: 'confluent' | 'glue';
  readonly format: SchemaFormat;
  readonly text: string;
  /** Every schema that is referred to, also indirectly, once each; each stands behind those that it refers to. */
  readonly imports: readonly ImportedSchema[];
}

/** Schemas of one registry. They never change, so that each is asked for once. */
export interface SchemaSource {
  /**
   * Loads a schema with all that it refers to, so that {@link SchemaSource.find} has it; undefined when it is there. That
   * the registry does not know it is told by `find`. Calls for one schema at a time share one request.
   *
   * @throws SluiceError `REGISTRY_UNAVAILABLE`, `REGISTRY_REFUSED`, `HOST_NOT_ALLOWED`, and what reading secrets throws
   */
  load(reference: SchemaReference): Promise<void> | undefined;
  /**
   * A schema that was loaded before, at most 15 minutes ago.
   *
   * @throws SluiceError `SCHEMA_UNKNOWN` (data) when the registry has none of this name, or one that cannot be used
   */
  find(reference: SchemaReference): RegisteredSchema;
  /** The latest schema of a subject, by its name as the reference; absent: the settings do not ask for it. */
  readonly latest?: SchemaSource;
}
