import { type Operation, operations } from './operations.ts';
import { schemas } from './openapi-schemas.ts';
import { scopes } from './scope.ts';
import { sluiceVersion } from './version.ts';

/** The OpenAPI 3.1 document of the API: all that {@link operations} and the schemas say. */
export function buildOpenApi(): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice: Kafka Connect REST API',
      version: sluiceVersion,
      description:
        "Kafka Connect's REST API over AWS Lambda. Calls that Kafka Connect does not have are tagged `sluice`. Every " +
        'error is `{"error_code", "message"}`; 409 and 503 may pass, and say after how long in `Retry-After`.',
    },
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: `Scopes: ${scopes.join(', ')}. On AWS requests are signed, or carry a token of the issuer.`,
        },
      },
    },
  };
}

function describe(operation: Operation) {
  const { path, method, scope, summary, query = {}, body, answers, isOwn = false } = operation;
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  return {
    operationId: `${method}${path.replaceAll(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [isOwn ? 'sluice' : 'connect'],
    summary,
    security: [{ token: [scope] }],
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...Object.entries(query).map(([name, description]) => ({
        name,
        in: 'query',
        required: false,
        description,
        schema: { type: 'string' },
      })),
    ],
    ...(body !== undefined && { requestBody: { required: true, content: toContent(body) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          { description: schema ?? 'Done; no body.', ...(schema !== null && { content: toContent(schema) }) },
        ]),
      ),
      default: { description: 'Error', content: toContent('Error') },
    },
  };
}

function toContent(schema: string) {
  return { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
}
