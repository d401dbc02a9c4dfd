import { fieldSchema, type Schema } from '../data/schema.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import type { Bind } from './bind-typed.ts';
import type { ColumnSet, ColumnSets } from './bound-row.ts';
import type { TargetColumn, TargetTable } from './target-table.ts';
import { typedValues } from './typed-values.ts';

/** Most lists of member names whose columns are remembered, in all and for one schema. */
const maxShapes = 1_000;

/** Which columns the members of an image are. */
export interface ImageShape {
  readonly names: readonly string[];
  /** By position in the list of names; undefined: not written. */
  readonly columns: readonly (TargetColumn | undefined)[];
  readonly set: ColumnSet;
  /** By position, for members whose schema is known; absent for images without schema. */
  readonly binds?: readonly (Bind | undefined)[];
}

/** Shapes of the images under one schema; most schemas have one. */
interface TypedShapes {
  latest: ImageShape;
  readonly byNames: Map<string, ImageShape>;
}

/** Looks up the columns of an image once for each list of names, and how to bind them once for each schema. */
export class ImageShapes {
  readonly #table: TargetTable;
  readonly #columnSets: ColumnSets;
  readonly #columnOf: (name: string) => TargetColumn | undefined;
  readonly #byNames = new Map<string, ImageShape>();
  readonly #bySchema = new WeakMap<Schema, TypedShapes>();
  #latest: ImageShape | undefined;

  /** `columnOf` answers the column to write for a member, undefined for none. */
  constructor(table: TargetTable, columnSets: ColumnSets, columnOf: (name: string) => TargetColumn | undefined) {
    this.#table = table;
    this.#columnSets = columnSets;
    this.#columnOf = columnOf;
  }

  /**
   * The shape of an image with members of these names.
   *
   * @throws SluiceError `CHANGE_INVALID` when two members are one column, and what looking up a column does
   */
  of(names: readonly string[], schema: Schema | null | undefined): ImageShape {
    if (!schema) return this.#plain(names);
    const shapes = this.#bySchema.get(schema);
    if (shapes !== undefined && hasNames(shapes.latest, names)) return shapes.latest;
    const id = names.join('\0');
    const known = shapes?.byNames.get(id);
    const shape = known !== undefined && hasNames(known, names) ? known : this.#typed(names, schema);
    const { byNames } = shapes ?? { byNames: new Map<string, ImageShape>() };
    if (byNames.size >= maxShapes) byNames.clear();
    byNames.set(id, shape);
    if (shapes === undefined) this.#bySchema.set(schema, { latest: shape, byNames });
    else shapes.latest = shape;
    return shape;
  }

  #typed(names: readonly string[], schema: Schema): ImageShape {
    const plain = this.#plain(names);
    const binds = plain.columns.map((column, i) => {
      const field = fieldSchema(schema, names[i]!);
      return column && field && typedValues().compileBinding(field, column);
    });
    return { ...plain, binds };
  }

  #plain(names: readonly string[]): ImageShape {
    // Images of one kind come one after another, and comparing names is cheaper than joining them.
    if (this.#latest !== undefined && hasNames(this.#latest, names)) return this.#latest;
    const shape = this.#remembered(names);
    this.#latest = shape;
    return shape;
  }

  #remembered(names: readonly string[]): ImageShape {
    const id = names.join('\0');
    const known = this.#byNames.get(id);
    // A name may hold the separator itself.
    if (known !== undefined && hasNames(known, names)) return known;
    const columns = names.map((name) => this.#columnOf(name));
    const repeated = columns.find((column, i) => column !== undefined && columns.indexOf(column) < i);
    if (repeated !== undefined) {
      const message = `Two members of an image are the column ${repeated.name} of ${this.#table.displayName}.`;
      throw new SluiceError('CHANGE_INVALID', message, { stage: 'bind', column: repeated.name });
    }
    const shape = { names, columns, set: this.#columnSets.of(columns.filter((column) => column !== undefined)) };
    // Producers decide on the names, so the cache is bounded.
    if (this.#byNames.size >= maxShapes) this.#byNames.clear();
    this.#byNames.set(id, shape);
    return shape;
  }
}

function hasNames({ names }: ImageShape, others: readonly string[]): boolean {
  if (names.length !== others.length) return false;
  for (let i = 0; i < names.length; i++) if (names[i] !== others[i]) return false;
  return true;
}
