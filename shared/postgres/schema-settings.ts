/**
 * What becomes of a member of an image that the table has no column for: a data error (`fail`), it is not written
 * (`ignore`), or the column is added (`add`).
 */
export type UnknownFields = 'fail' | 'ignore' | 'add';

/** How target tables follow the records (`auto.create`, `auto.evolve`, `unknown.fields`). */
export interface SchemaSettings {
  /** A missing table, and its schema, is created. */
  readonly creates: boolean;
  /** A column that is too narrow for a value becomes wider. */
  readonly widens: boolean;
  readonly unknownFields: UnknownFields;
  /** By `table` or `schema.table`; they win over `unknownFields`. */
  readonly unknownFieldsByTable: ReadonlyMap<string, UnknownFields>;
}

/** The policy for one table, named as the catalog does: `schema.table`. */
export function toUnknownFields(settings: SchemaSettings, displayName: string): UnknownFields {
  const { unknownFields, unknownFieldsByTable } = settings;
  const table = displayName.slice(displayName.indexOf('.') + 1);
  return unknownFieldsByTable.get(displayName) ?? unknownFieldsByTable.get(table) ?? unknownFields;
}

/** True when some table may be created or changed. */
export function changesTables({ creates, widens, unknownFields, unknownFieldsByTable }: SchemaSettings): boolean {
  return creates || widens || unknownFields === 'add' || [...unknownFieldsByTable.values()].includes('add');
}
