import type { SchemaAndValue } from '../../data/schema.ts';
import { isSluiceError } from '../../errors/sluice-error.ts';
import type { RegisteredSchema } from './schema-source.ts';

/** The bytes that a schema describes. */
export interface RecordBody {
  readonly bytes: Buffer;
  /** Where the body begins; it goes to the end. */
  readonly offset: number;
  /**
   * What follows the id in a header that names the schema: the message indexes of Protobuf, which then do not stand in
   * `bytes`. Absent: the body followed a frame.
   */
  readonly header?: Buffer;
  /** True when Lambda removed the frame. */
  readonly isUnframed: boolean;
}

/**
 * Decodes one body. Made once for a schema.
 *
 * @throws SluiceError `VALUE_UNREADABLE` for bytes that are not of the schema
 */
export type DecodeBody = (body: RecordBody) => SchemaAndValue;

/**
 * Makes the decoder of a schema; called once for each. With `readAs`, its records are read as that schema says.
 *
 * @throws SluiceError `VALUE_UNREADABLE` for a schema that cannot be used; every record of it gets this error
 */
export type CompileSchema = (schema: RegisteredSchema, readAs?: RegisteredSchema) => DecodeBody;

/** Decoders, each compiled once for a schema and what it is read as; also one that only throws. */
export function createDecoders(
  compile: CompileSchema,
): (schema: RegisteredSchema, readAs?: RegisteredSchema) => DecodeBody {
  const decoders = new WeakMap<RegisteredSchema, WeakMap<RegisteredSchema, DecodeBody>>();
  return (schema, readAs = schema) => {
    let ofSchema = decoders.get(schema);
    if (ofSchema === undefined) {
      ofSchema = new WeakMap();
      decoders.set(schema, ofSchema);
    }
    let decoder = ofSchema.get(readAs);
    if (decoder === undefined) {
      decoder = compileOnce(compile, schema, readAs);
      ofSchema.set(readAs, decoder);
    }
    return decoder;
  };
}

function compileOnce(compile: CompileSchema, schema: RegisteredSchema, readAs: RegisteredSchema): DecodeBody {
  try {
    return readAs === schema ? compile(schema) : compile(schema, readAs);
  } catch (error) {
    if (!isSluiceError(error, 'data')) throw error;
    return () => {
      throw error;
    };
  }
}
