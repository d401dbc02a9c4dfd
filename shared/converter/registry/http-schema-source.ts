import { SluiceError } from '../../errors/sluice-error.ts';
import type { ConverterPorts } from '../converter-ports.ts';
import { createRegistryClient, type RegistryClient } from './registry-client.ts';
import type { HttpRegistrySettings, LatestSchema } from './registry-settings.ts';
import { rememberSchemas } from './remember-schemas.ts';
import type { ImportedSchema, RegisteredSchema, SchemaFormat, SchemaReference, SchemaSource } from './schema-source.ts';

/** Most schemas that one refers to, how deep, and their length together. */
const limits = { imports: 500, depth: 50, characters: 16_000_000 };

type Answer = Readonly<Record<string, unknown>>;

/** Schemas of a registry with Confluent's API. */
export function createHttpSchemaSource(settings: HttpRegistrySettings, ports: ConverterPorts): SchemaSource {
  const client = createRegistryClient(settings, ports);
  const limits = { maxSchemas: settings.maxSchemas, missingTtlMs: settings.missingTtlMs, now: ports.now };
  const source = rememberSchemas((reference) => fetchSchema(client, reference), limits);
  const { latest } = settings;
  if (latest === undefined) return source;
  const known = new Map<string, RegisteredSchema>();
  const fetchLatest = async (subject: SchemaReference) => {
    const found = await fetchLatestSchema(client, String(subject), latest.metadata);
    const before = known.get(String(subject));
    // What is derived from a schema holds as long as the object is the same.
    if (before?.reference === found.reference) return before;
    known.set(String(subject), found);
    return found;
  };
  return { ...source, latest: rememberSchemas(fetchLatest, { ...limits, foundTtlMs: latest.ttlMs }) };
}

async function fetchSchema(client: RegistryClient, reference: SchemaReference): Promise<RegisteredSchema> {
  const path = `/schemas/${typeof reference === 'number' ? 'ids' : 'guids'}/${reference}`;
  const answer = await client.get(path);
  if (answer === undefined) throw unknown(`The schema registry has no schema ${reference}.`);
  return readSchema(client, reference, answer);
}

async function fetchLatestSchema(
  client: RegistryClient,
  subject: string,
  metadata: LatestSchema['metadata'],
): Promise<RegisteredSchema> {
  const path = `/subjects/${encodeURIComponent(subject)}`;
  const pairs = Object.entries(metadata ?? {}).map(([key, value]) => new URLSearchParams({ key, value }).toString());
  const answer = await client.get(
    pairs.length === 0 ? `${path}/versions/latest` : `${path}/metadata?${pairs.join('&')}`,
  );
  const { id } = answer ?? {};
  if (answer === undefined || typeof id !== 'number') {
    throw unknown(`The schema registry has no latest schema of ${subject}.`);
  }
  return readSchema(client, id, answer);
}

async function readSchema(
  client: RegistryClient,
  reference: SchemaReference,
  answer: Answer,
): Promise<RegisteredSchema> {
  const imports = new Map<string, ImportedSchema>();
  await addImports(client, answer, imports, new Set(), 0);
  const text = toText(answer, `schema ${reference}`);
  return { reference, registry: 'confluent', format: toFormat(answer), text, imports: [...imports.values()] };
}

/**
 * Adds what the schema of an answer refers to, depth first, so that each stands behind those that it refers to. The first
 * of a name wins, as in Confluent's client.
 */
async function addImports(
  client: RegistryClient,
  answer: Answer,
  imports: Map<string, ImportedSchema>,
  above: ReadonlySet<string>,
  depth: number,
): Promise<void> {
  for (const { name, subject, version } of toReferences(answer)) {
    if (imports.has(name)) continue;
    const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}?deleted=true`;
    if (above.has(path) || depth >= limits.depth) {
      throw unknown(`References of schemas go in a circle, or deeper than ${limits.depth}: ${subject}.`);
    }
    const imported = await client.get(path);
    if (imported === undefined) throw unknown(`The schema registry has no version ${version} of ${subject}.`);
    await addImports(client, imported, imports, new Set([...above, path]), depth + 1);
    const text = toText(imported, `version ${version} of ${subject}`);
    if (!imports.has(name)) imports.set(name, { name, text });
    const characters = Iterator.from(imports.values()).reduce((sum, each) => sum + each.text.length, 0);
    if (imports.size > limits.imports || characters > limits.characters) {
      throw unknown(`A schema refers to more than ${limits.imports} others, or to more than 16 MB.`);
    }
  }
}

function toReferences({ references }: Answer): { name: string; subject: string; version: number }[] {
  if (!Array.isArray(references)) return [];
  return references.map((reference: Partial<Record<string, unknown>> | null) => {
    const { name, subject, version } = reference ?? {};
    if (typeof name !== 'string' || typeof subject !== 'string' || !Number.isInteger(version)) {
      throw unknown('A reference of a schema names no subject and version.');
    }
    return { name, subject, version: version as number };
  });
}

function toText({ schema }: Answer, what: string): string {
  if (typeof schema === 'string') return schema;
  throw new SluiceError('REGISTRY_REFUSED', `The schema registry answered no text for ${what}; it is none.`);
}

function toFormat({ schemaType = 'AVRO' }: Answer): SchemaFormat {
  if (schemaType === 'AVRO' || schemaType === 'PROTOBUF' || schemaType === 'JSON') return schemaType;
  throw unknown(`The schema is of the type ${String(schemaType).slice(0, 40)}, which no converter reads.`);
}

function unknown(message: string): SluiceError {
  return new SluiceError('SCHEMA_UNKNOWN', message, { stage: 'decode-value' });
}
