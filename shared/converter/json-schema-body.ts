import { isSluiceError } from '../errors/sluice-error.ts';
import { Misfit } from './connect-value.ts';
import { readAs } from './json-envelope.ts';
import { JsonSchemaCompiler, type JsonSchemaShape } from './json-schema-compiler.ts';
import { JsonSchemaDocuments } from './json-schema-documents.ts';
import { decodeUtf8, parseJsonMarked } from './json-text.ts';
import type { CompileSchema } from './registry/schema-decoders.ts';
import type { RegisteredSchema } from './registry/schema-source.ts';
import { unreadable } from './unreadable.ts';

/** Decodes records of Confluent's JSON Schema serializers, as its JsonSchemaConverter does. */
export function compileJsonSchema(shape: JsonSchemaShape): CompileSchema {
  return (written, latest) => {
    const registered = latest ?? written;
    const { schema, read } = withinStack(registered.reference, () => {
      const documents = new JsonSchemaDocuments(registered);
      return new JsonSchemaCompiler(documents, shape).compileRoot();
    });
    return ({ bytes, offset }) => {
      const { json, marks } = parseJsonMarked(decodeUtf8(bytes.subarray(offset)));
      const value = withinStack(registered.reference, () => readAs((document) => read(document, marks > 0), json));
      return { schema, value };
    };
  };
}

/** Title of a schema, by which it is registered where subjects are named after records. */
export function toTitle(registered: RegisteredSchema): string {
  const { root } = new JsonSchemaDocuments(registered);
  return typeof root === 'object' && typeof root.title === 'string' ? root.title : '';
}

/** A schema that holds itself may lead on and on. */
function withinStack<Result>(reference: string | number, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (isSluiceError(error)) throw error;
    if (error instanceof Misfit) unreadable(`Schema ${reference} of the registry cannot be used: ${error.message}`);
    if (error instanceof RangeError) unreadable(`Schema ${reference} of the registry is nested without an end`);
    throw error;
  }
}
