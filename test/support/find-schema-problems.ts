type Schema = Readonly<Record<string, unknown>>;

/** Where a value is not as a JSON schema says; knows the keywords that the OpenAPI document uses. */
export function findSchemaProblems(
  schema: Schema,
  value: unknown,
  schemas: Readonly<Record<string, Schema>>,
  at = '$',
): readonly string[] {
  const { $ref, anyOf, type, enum: allowed, required, properties, additionalProperties, items } = schema;
  if (typeof $ref === 'string') return findSchemaProblems(schemas[$ref.split('/').at(-1)!]!, value, schemas, at);
  if (Array.isArray(anyOf)) {
    const problems = anyOf.map((one: Schema) => findSchemaProblems(one, value, schemas, at));
    return problems.some((found) => found.length === 0) ? [] : problems.flat();
  }
  if (type !== undefined && ![type].flat().some((name) => isOfType(name, value))) {
    return [`${at} is no ${String(type)}`];
  }
  if (Array.isArray(allowed) && !allowed.includes(value)) return [`${at} is none of ${allowed.join(', ')}`];
  if (Array.isArray(value)) {
    return value.flatMap((one, index) => findSchemaProblems((items ?? {}) as Schema, one, schemas, `${at}[${index}]`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const missing = ((required ?? []) as string[])
    .filter((name) => !(name in value))
    .map((name) => `${at} lacks ${name}`);
  const known = (properties ?? {}) as Readonly<Record<string, Schema>>;
  return [
    ...missing,
    ...Object.entries(value).flatMap(([name, one]) => {
      const of = known[name] ?? (typeof additionalProperties === 'object' ? (additionalProperties as Schema) : {});
      return findSchemaProblems(of, one, schemas, `${at}.${name}`);
    }),
  ];
}

function isOfType(name: unknown, value: unknown): boolean {
  if (name === 'null') return value === null;
  if (name === 'array') return Array.isArray(value);
  if (name === 'integer') return Number.isInteger(value);
  if (name === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === name;
}
