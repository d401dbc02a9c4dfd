import type { SchemaAndValue } from '../../data/schema.ts';
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
 * Makes the decoder of a schema; called once for each.
 *
 * @throws SluiceError `VALUE_UNREADABLE` for a schema that cannot be used; every record of it gets this error
 */
export type CompileSchema = (schema: RegisteredSchema) => DecodeBody;
