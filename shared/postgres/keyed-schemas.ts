import type { Field, Schema } from '../data/schema.ts';
import type { TargetTable } from './target-table.ts';

/** What stands for the absence of a schema. */
const none: Schema = { type: 'struct', optional: true, fields: [] };

/** Joins the schemas of images with those of the record keys whose columns they get. */
export class KeyedSchemas {
  readonly #table: TargetTable;
  readonly #toColumnName: (member: string) => string;
  readonly #bySchemas = new WeakMap<Schema, WeakMap<Schema, Schema>>();

  constructor(table: TargetTable, toColumnName: (member: string) => string) {
    this.#table = table;
    this.#toColumnName = toColumnName;
  }

  /** The schema of an image with the key columns of a record key; the same for the same two, null where neither has one. */
  of(image: Schema | null | undefined, key: Schema | null | undefined): Schema | null {
    if (!image && !key) return null;
    let byKey = this.#bySchemas.get(image ?? none);
    if (byKey === undefined) {
      byKey = new WeakMap();
      this.#bySchemas.set(image ?? none, byKey);
    }
    let schema = byKey.get(key ?? none);
    if (schema === undefined) {
      schema = this.#join(image ?? none, key ?? none);
      byKey.set(key ?? none, schema);
    }
    return schema;
  }

  #join(image: Schema, key: Schema): Schema {
    const { keyColumns } = this.#table;
    const isKey = new Set(keyColumns.map(({ name }) => name));
    const ofKey: readonly Field[] =
      key.type === 'struct'
        ? (key.fields ?? []).map(({ name, schema }) => ({ name: this.#toColumnName(name), schema }))
        : keyColumns.slice(0, 1).map(({ name }) => ({ name, schema: key }));
    const ofImage = (image.fields ?? []).filter(({ name }) => !isKey.has(name));
    return { type: 'struct', optional: false, fields: [...ofImage, ...ofKey.filter(({ name }) => isKey.has(name))] };
  }
}
