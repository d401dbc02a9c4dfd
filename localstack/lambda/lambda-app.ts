import { type Context, Hono } from 'hono';
import type { AsyncInvocations } from './async-invocations.ts';
import type { EventSourceMappingRegistry } from './event-source-mapping-registry.ts';
import type { FunctionRecord } from './function-record.ts';
import type { RequestBody } from './function-request.ts';
import { answerInvocation, type InvocationParts } from './invoke-function.ts';
import { LambdaApiError } from './lambda-api-error.ts';
import type { MappingProgress } from './lambda-service.ts';
import { ResourceTags } from './resource-tags.ts';
import { paginate } from './paginate.ts';

/** What the API acts upon. */
export interface LambdaAppParts extends InvocationParts {
  readonly mappings: EventSourceMappingRegistry;
  readonly asyncInvocations: AsyncInvocations;
}

/**
 * The part of AWS Lambda's REST API that deploying, running and feeding functions needs, with AWS's errors, and one
 * private call by which an event source driver tells how a mapping fares. Credentials are not looked at.
 *
 * Source of paths and shapes: the API model in `@aws-sdk/client-lambda`.
 */
export function buildLambdaApp(parts: LambdaAppParts): Hono {
  const app = new Hono();
  const { functions, mappings } = parts;
  const tags = new ResourceTags(functions, mappings);

  app.post('/2015-03-31/functions', async (c) => c.json((await functions.create(await body(c))).configuration, 201));
  app.get('/2015-03-31/functions', (c) => {
    const { page, nextMarker } = paginate(functions.list(), c.req.query(), 50);
    return c.json({ Functions: page.map((record) => record.configuration), NextMarker: nextMarker });
  });
  app.get('/2015-03-31/functions/:name', (c) => c.json(describe(functions.get(named(c)))));
  app.delete('/2015-03-31/functions/:name', async (c) => {
    await functions.delete(named(c));
    return c.body(null, 204);
  });
  app.get('/2015-03-31/functions/:name/configuration', (c) => c.json(functions.get(named(c)).configuration));
  app.put('/2015-03-31/functions/:name/configuration', async (c) => {
    return c.json((await functions.updateConfiguration(named(c), await body(c))).configuration);
  });
  app.put('/2015-03-31/functions/:name/code', async (c) => {
    return c.json((await functions.updateCode(named(c), await body(c))).configuration);
  });
  app.post('/2015-03-31/functions/:name/invocations', (c) => {
    return answerInvocation(parts, named(c), c.req.raw);
  });

  app.post('/2015-03-31/functions/:name/versions', async (c) => {
    return c.json(await functions.publish(named(c), await body(c)), 201);
  });
  app.get('/2015-03-31/functions/:name/versions', (c) => {
    const { page, nextMarker } = paginate(functions.versions(named(c)), c.req.query(), 50);
    return c.json({ Versions: page, NextMarker: nextMarker });
  });
  app.post('/2015-03-31/functions/:name/aliases', async (c) => {
    return c.json(await functions.createAlias(named(c), await body(c)), 201);
  });
  app.get('/2015-03-31/functions/:name/aliases', (c) => {
    const { page, nextMarker } = paginate(functions.aliases(named(c)), c.req.query(), 50);
    return c.json({ Aliases: page, NextMarker: nextMarker });
  });
  app.get('/2015-03-31/functions/:name/aliases/:alias', (c) => {
    return c.json(functions.alias(named(c), c.req.param('alias')));
  });
  app.put('/2015-03-31/functions/:name/aliases/:alias', async (c) => {
    return c.json(await functions.updateAlias(named(c), c.req.param('alias'), await body(c)));
  });
  app.delete('/2015-03-31/functions/:name/aliases/:alias', async (c) => {
    await functions.deleteAlias(named(c), c.req.param('alias'));
    return c.body(null, 204);
  });

  app.put('/2017-10-31/functions/:name/concurrency', async (c) => {
    const { ReservedConcurrentExecutions } = await body(c);
    await functions.setReservedConcurrency(named(c), ReservedConcurrentExecutions ?? null);
    return c.json({ ReservedConcurrentExecutions });
  });
  app.get('/2019-09-30/functions/:name/concurrency', (c) => {
    return c.json({ ReservedConcurrentExecutions: functions.get(named(c)).reservedConcurrency });
  });
  app.delete('/2017-10-31/functions/:name/concurrency', async (c) => {
    await functions.setReservedConcurrency(named(c), undefined);
    return c.body(null, 204);
  });

  app.get('/2017-03-31/tags/:arn', (c) => c.json({ Tags: tags.get(c.req.param('arn')) }));
  app.post('/2017-03-31/tags/:arn', async (c) => {
    await tags.add(c.req.param('arn'), (await body(c)).Tags as Record<string, string> | undefined);
    return c.body(null, 204);
  });
  app.delete('/2017-03-31/tags/:arn', async (c) => {
    await tags.remove(c.req.param('arn'), c.req.queries('tagKeys') ?? []);
    return c.body(null, 204);
  });

  app.post('/2015-03-31/event-source-mappings', async (c) => {
    const request = await body(c);
    return c.json(await mappings.create(request, functions.get(String(request.FunctionName))), 202);
  });
  app.get('/2015-03-31/event-source-mappings', (c) => {
    const { FunctionName, EventSourceArn } = c.req.query();
    const functionArn = FunctionName === undefined ? undefined : functions.get(FunctionName).configuration.FunctionArn;
    const found = mappings.list().filter((mapping) => {
      const ofFunction = functionArn === undefined || mapping.FunctionArn === functionArn;
      return ofFunction && (EventSourceArn === undefined || mapping.EventSourceArn === EventSourceArn);
    });
    const { page, nextMarker } = paginate(found, c.req.query(), 100);
    return c.json({ EventSourceMappings: page, NextMarker: nextMarker });
  });
  app.get('/2015-03-31/event-source-mappings/:uuid', (c) => c.json(mappings.get(c.req.param('uuid'))));
  app.put('/2015-03-31/event-source-mappings/:uuid', async (c) => {
    const request = await body(c);
    const target = request.FunctionName === undefined ? undefined : functions.get(String(request.FunctionName));
    return c.json(await mappings.update(c.req.param('uuid'), request, target), 202);
  });
  app.delete('/2015-03-31/event-source-mappings/:uuid', async (c) => {
    return c.json(await mappings.delete(c.req.param('uuid')), 202);
  });
  app.put('/_sluice/event-source-mappings/:uuid/progress', async (c) => {
    mappings.get(c.req.param('uuid'));
    await mappings.reportProgress(c.req.param('uuid'), (await body(c)) as MappingProgress);
    return c.body(null, 204);
  });

  app.notFound((c) => {
    return answerError(new LambdaApiError('UnknownOperationException', `No such call: ${c.req.method} ${c.req.path}`));
  });
  app.onError((error) => {
    return answerError(error instanceof LambdaApiError ? error : new LambdaApiError('ServiceException', String(error)));
  });
  return app;
}

/** The function that the path names: a name or an ARN, with the qualifier of the query if there is one. */
function named(c: Context): string {
  const name = c.req.param('name') ?? '';
  const qualifier = c.req.query('Qualifier');
  return qualifier === undefined || name.endsWith(`:${qualifier}`) ? name : `${name}:${qualifier}`;
}

async function body(c: Context): Promise<RequestBody> {
  const text = await c.req.text();
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as RequestBody;
  } catch {
    // Falls through to the error: what is no JSON is no object either.
  }
  throw new LambdaApiError('InvalidRequestContentException', 'Could not parse request body into json.');
}

function describe(record: FunctionRecord) {
  const { reservedConcurrency } = record;
  return {
    Configuration: record.configuration,
    Code: { RepositoryType: 'S3', Location: `file://${record.code.folder}` },
    Tags: record.tags,
    ...(reservedConcurrency === undefined
      ? {}
      : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
  };
}

function answerError(error: LambdaApiError): Response {
  const headers = { 'Content-Type': 'application/json', 'x-amzn-errortype': error.type };
  return new Response(new Uint8Array(error.toBody()), { status: error.status, headers });
}
