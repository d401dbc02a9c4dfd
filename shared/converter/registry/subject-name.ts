import type { RecordPart } from '../converter.ts';
import type { RegistrySettings } from './registry-settings.ts';
import type { RegisteredSchema } from './schema-source.ts';

/** Answers the name of what a schema describes, for the subjects of the strategies that use it. */
export type ToRecordName = (schema: RegisteredSchema) => string;

/** The subject of a schema by the settings' strategy; absent where records are read as what wrote them. */
export function createToSubject(
  settings: RegistrySettings,
  part: RecordPart,
  toRecordName: ToRecordName | undefined,
): ((schema: RegisteredSchema, topic: string) => string) | undefined {
  if (settings.kind !== 'http' || settings.latest === undefined || part === 'header' || !toRecordName) return undefined;
  const names = new WeakMap<RegisteredSchema, string>();
  const nameOf = (schema: RegisteredSchema): string => {
    const name = names.get(schema) ?? toRecordName(schema);
    names.set(schema, name);
    return name;
  };
  switch (settings.subject) {
    case 'topic':
      return (_schema, topic) => `${topic}-${part}`;
    case 'record':
      return nameOf;
    case 'topic-record':
      return (schema, topic) => `${topic}-${nameOf(schema)}`;
  }
}
