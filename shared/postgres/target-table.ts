/** A type of a target column, or of what is in it. */
export interface TargetType {
  /**
   * Type to cast a text parameter to. Lengths are left out, so that the assignment checks them; precision and scale are
   * not, so that a value is compared as it is stored.
   */
  readonly castType: string;
  /** `pg_type.typname` below all domains: `int4`, `bpchar`, `jsonb`, … For an array the name of its type: `_int4`. */
  readonly baseType: string;
  readonly isArray: boolean;
  /** `pg_attribute.atttypmod`; -1 without one. */
  readonly typeModifier: number;
  /** Of an array: the type of its elements, where the array's name does not tell it (a domain, a composite type). */
  readonly element?: TargetType;
  /** Of a composite type, in its order. */
  readonly attributes?: readonly TargetAttribute[];
}

/** An attribute of a composite type. */
export interface TargetAttribute {
  readonly name: string;
  readonly type: TargetType;
}

/** A column of a target table, as the catalog describes it. */
export interface TargetColumn extends TargetType {
  readonly name: string;
  /** The name quoted for SQL. */
  readonly quoted: string;
  /** False when the type has no default equality operator (json, xml, point, …). */
  readonly hasEquality: boolean;
  /** False for a collation under which different texts are equal. */
  readonly hasDeterministicCollation: boolean;
  /**
   * An insert that leaves it out may be refused, even where the row exists and would only be updated: it is not null
   * without a default or identity, or a CHECK constraint reads it.
   */
  readonly required: boolean;
  /** `generated always as (…)`: never written. */
  readonly generated: boolean;
  /** `generated always as identity`: written by inserts only, because PostgreSQL refuses to assign it in an update. */
  readonly identityAlways: boolean;
}

/** A target table as the catalog describes it. */
export interface TargetTable {
  /** `pg_class.oid`. */
  readonly oid: string;
  /** What {@link buildShapeCheck} compares: another number once a column has changed. */
  readonly shape: string;
  /** `schema.table`, unquoted, for messages. */
  readonly displayName: string;
  /** Quoted and schema-qualified for SQL. */
  readonly quoted: string;
  readonly columns: ReadonlyMap<string, TargetColumn>;
  /** Columns that identify a row: `pk.fields`, else the primary key in its order; empty for a table without key. */
  readonly keyColumns: readonly TargetColumn[];
  /** True when a unique index holds on exactly the key columns, so that `on conflict` can decide by them. */
  readonly keyIsUnique: boolean;
  /** A view's rows have no place of their own by which one of several equal ones could be told. */
  readonly isView: boolean;
  /** Other tables that its foreign keys refer to, as `quoted` has them. */
  readonly parents: readonly string[];
  /** True when deleting a row deletes or changes others: a foreign key refers to it `on delete cascade`, `set …`. */
  readonly deletesCascade: boolean;
  /** True when rows are only rows: no foreign key refers to them, and no trigger of a user fires. */
  readonly isPlain: boolean;
}

/** What an element of an array column is bound to: a column of that name and the type of the elements. */
export function elementOf(column: TargetColumn): TargetColumn {
  const { element, attributes, ...array } = column;
  if (element !== undefined) return { ...array, ...element };
  // The type of an array is named after that of its elements.
  return { ...array, isArray: false, baseType: column.baseType.replace(/^_/, '') };
}

/** What an attribute of a column of a composite type is bound to. */
export function attributeOf(column: TargetColumn, { type }: TargetAttribute): TargetColumn {
  const { element, attributes, ...row } = column;
  return { ...row, ...type };
}
