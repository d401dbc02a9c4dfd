import { fieldSchema, type Schema } from '../../data/schema.ts';
import type { CompileScope } from './compile-scope.ts';
import { locateError } from './evaluation-error.ts';
import type { Expression, RowReader } from './expression.ts';
import { FilterSqlError } from './filter-sql-error.ts';
import { metadataColumn } from './metadata-columns.ts';
import { type ColumnType, jsonColumnType, schemaColumnType } from './record-value.ts';
import type { SqlRow } from './row-source.ts';
import { type Outcome, unavailable } from './sql-value.ts';

/** What the columns of a program are read with, besides the record. */
export interface ProgramContext {
  /** Names by which columns may be qualified. */
  readonly qualifiers: readonly string[];
  /** Types of columns whose values have no schema; undefined for those that tell their type themselves. */
  readonly declaredType: (column: string) => ColumnType | undefined;
  /** True for a value that stands for one that the source did not send. */
  readonly isUnavailable: (value: SqlRow['image'][string], schema: Schema | null | undefined) => boolean;
}

/** Compiles what a program computes, once for each tuple of column types. */
export type ProgramBuilder<Compiled> = (scope: CompileScope) => Compiled;

/** A program compiled for the types of a row, and what reads that row. */
export interface BoundProgram<Compiled> {
  readonly compiled: Compiled;
  readonly reader: RowReader;
}

type Readers = readonly (ColumnType | undefined)[];

/** How many tuples of types are kept; producers whose values change their types meet more. */
const maxVariants = 256;

/**
 * Expressions that are compiled for the types of each row's columns: once for each schema, and for values without schema
 * once for each tuple of types that they turn out to have.
 */
export class TypedProgram<Compiled> {
  /** Columns that it reads, in order; not metadata. */
  readonly columns: readonly string[];
  /** Metadata columns that it reads. */
  readonly metadata: readonly string[];
  /** What it is when only declared types are known. */
  readonly preview: Compiled;
  readonly #names: string[] = [];
  readonly #offsets: number[] = [];
  readonly #build: ProgramBuilder<Compiled>;
  readonly #context: ProgramContext;
  readonly #readersOfSchema = new WeakMap<Schema, { readonly readers: Readers; readonly compiled: Compiled }>();
  readonly #variants = new Map<string, Compiled | FilterSqlError>();

  /** @throws FilterSqlError for what does not compile whatever the columns' types are */
  constructor(build: ProgramBuilder<Compiled>, context: ProgramContext) {
    this.#build = build;
    this.#context = context;
    this.preview = this.#compile((name) => context.declaredType(name)?.type);
    this.columns = this.#names.filter((name) => metadataColumn(name) === undefined);
    this.metadata = this.#names.filter((name) => metadataColumn(name) !== undefined);
  }

  /**
   * The program for a row.
   *
   * @throws FilterSqlError for column types that the expressions are not made for
   */
  bind(row: SqlRow): BoundProgram<Compiled> {
    const { schema } = row;
    const known = schema === null ? undefined : this.#readersOfSchema.get(schema);
    if (known !== undefined) return { compiled: known.compiled, reader: this.#toReader(row, known.readers) };
    const readers = this.#names.map((name) => this.#columnType(row, name));
    const compiled = this.#variantOf(readers);
    if (schema !== null && this.#names.every((name) => isFixed(schema, name))) {
      this.#readersOfSchema.set(schema, { readers, compiled });
    }
    return { compiled, reader: this.#toReader(row, readers) };
  }

  #columnType({ image, schema }: SqlRow, name: string): ColumnType | undefined {
    if (metadataColumn(name) !== undefined) return undefined;
    const field = fieldSchema(schema, name);
    if (field !== undefined) return schemaColumnType(field);
    const declared = this.#context.declaredType(name);
    if (declared !== undefined) return declared;
    const value = Object.hasOwn(image, name) ? image[name]! : null;
    return value === null || this.#context.isUnavailable(value, undefined) ? undefined : jsonColumnType(value);
  }

  #variantOf(readers: Readers): Compiled {
    let key = '';
    for (const reader of readers) key += `${reader?.type ?? ''},`;
    let variant = this.#variants.get(key);
    if (variant === undefined) {
      const types = new Map(this.#names.map((name, index) => [name, readers[index]?.type]));
      variant = this.#tryCompile((name) => types.get(name));
      if (this.#variants.size >= maxVariants) this.#variants.clear();
      this.#variants.set(key, variant);
    }
    if (variant instanceof FilterSqlError) throw variant;
    return variant;
  }

  #tryCompile(typeOf: (name: string) => string | undefined): Compiled | FilterSqlError {
    try {
      return this.#compile(typeOf);
    } catch (error) {
      if (error instanceof FilterSqlError) return error;
      throw error;
    }
  }

  #compile(typeOf: (name: string) => string | undefined): Compiled {
    return this.#build({
      qualifiers: this.#context.qualifiers,
      columnNamed: (name, offset) => this.#toColumn(name, offset, metadataColumn(name)?.type ?? typeOf(name)),
    });
  }

  #toColumn(name: string, offset: number | undefined, type: string | undefined): Expression {
    let index = this.#names.indexOf(name);
    if (index === -1) {
      index = this.#names.push(name) - 1;
      this.#offsets.push(offset ?? 0);
    }
    const evaluate = (row: RowReader): Outcome => row.readColumn(index);
    return { type: type ?? 'unknown', typmod: -1, evaluate, tentative: type === undefined, offset };
  }

  #toReader({ image, schema, metadata }: SqlRow, readers: Readers): RowReader {
    const { isUnavailable } = this.#context;
    const readColumn = (index: number): Outcome => {
      const name = this.#names[index]!;
      const special = metadataColumn(name);
      if (special !== undefined) return special.read(metadata);
      if (!Object.hasOwn(image, name)) return unavailable;
      const value = image[name]!;
      if (value === null) return null;
      if (isUnavailable(value, fieldSchema(schema, name))) return unavailable;
      try {
        return readers[index]!.read(value);
      } catch (error) {
        throw locateError(error, this.#offsets[index]!);
      }
    };
    return { readColumn };
  }
}

/** True when the type of a column depends on nothing but the schema. */
function isFixed(schema: Schema, name: string): boolean {
  return metadataColumn(name) !== undefined || fieldSchema(schema, name) !== undefined;
}
