import { type FunctionConfiguration, LogFormat, type ApplicationLogLevel } from '@aws-sdk/client-lambda';
import { Hono } from 'hono';
import { functionName } from '../../shared/contract/resource-name.ts';
import { logLevels, type LogLevel } from '../../shared/observability/log-level.ts';
import type { ControlContext } from './control-context.ts';
import { type DeployedConnector, readConnector, toConnectorNames } from './deployed-connector.ts';
import { changeFunction, publishFunction } from './function-changes.ts';
import { readJsonObject } from './request-body.ts';
import { notFoundError, RestError } from './rest-error.ts';

/** Each connector has a logger of its own; `root` means all of them. */
const loggerPrefix = 'io.sluice.connector.';

/**
 * The log levels of the connectors' functions, which Lambda keeps. Setting one publishes the functions, so that it holds
 * from the next batch on; what a stack manages keeps its level until the next deploy.
 */
export function loggerRoutes(control: ControlContext): Hono {
  const { client, defaults, lists } = control;
  const routes = new Hono();
  const readLevels = async (): Promise<ReadonlyMap<string, LogLevel>> => {
    const functions = await lists.functions();
    return new Map(
      toConnectorNames(functions, defaults.stage).map((name) => [loggerPrefix + name, toLevel(functions, name)]),
    );
  };
  const toLevel = (functions: readonly FunctionConfiguration[], name: string): LogLevel => {
    const sink = functions.find(({ FunctionName }) => FunctionName === functionName(defaults.stage, name, 'sink'));
    return logLevels.find((level) => level === sink?.LoggingConfig?.ApplicationLogLevel) ?? 'INFO';
  };

  routes.get('/', async (context) => {
    const loggers = [['root', 'INFO'] as const, ...(await readLevels())];
    return context.json(Object.fromEntries(loggers.map(([name, level]) => [name, { level, last_modified: null }])));
  });

  routes.get('/:logger', async (context) => {
    const logger = context.req.param('logger');
    const level = logger === 'root' ? 'INFO' : (await readLevels()).get(logger);
    if (level === undefined) throw notFoundError(`Logger ${logger} not found.`);
    return context.json({ level, last_modified: null });
  });

  routes.put('/:logger', async (context) => {
    const logger = context.req.param('logger');
    const { level: given } = await readJsonObject(context);
    if (given === undefined || given === null) {
      throw new RestError(400, "Desired 'level' parameter was not specified in request.");
    }
    const level = parseLevel(given);
    if (level === undefined) throw notFoundError(`invalid log level '${String(given).slice(0, 50)}'.`);
    const meant = [...(await readLevels()).keys()].filter((name) => logger === 'root' || isBelow(name, logger));
    const changed: string[] = [];
    for (const name of meant) {
      const connector = await readConnector(client, defaults.stage, name.slice(loggerPrefix.length));
      if (connector === undefined || (connector.isManagedByCdk && name !== logger)) continue;
      if (connector.isManagedByCdk) throw managed(connector);
      await control.change(connector.name, () => setLevel(connector, level));
      changed.push(name);
    }
    if (context.req.query('scope')?.toLowerCase() === 'cluster') return context.body(null, 204);
    return context.json(changed);
  });

  const setLevel = async ({ name }: DeployedConnector, ApplicationLogLevel: ApplicationLogLevel) => {
    const functions = await lists.functions();
    for (const role of ['sink', 'filter'] as const) {
      const FunctionName = functionName(defaults.stage, name, role);
      if (!functions.some((one) => one.FunctionName === FunctionName)) continue;
      await changeFunction(client, { FunctionName, LoggingConfig: { LogFormat: LogFormat.Json, ApplicationLogLevel } });
      await publishFunction(client, FunctionName);
    }
  };
  return routes;
}

/** As log4j: a logger is below the one whose name it begins with. */
function isBelow(name: string, logger: string): boolean {
  return name === logger || name.startsWith(`${logger}.`);
}

/** Lambda knows no OFF; FATAL is the least that it has. */
function parseLevel(text: unknown): LogLevel | undefined {
  const upper = String(text).toUpperCase();
  return upper === 'OFF' ? 'FATAL' : logLevels.find((level) => level === upper);
}

function managed({ name }: DeployedConnector): RestError {
  return new RestError(403, `Connector ${name} is managed by CDK, whose next deploy sets its log level.`);
}
