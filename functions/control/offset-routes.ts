import { type Context, Hono } from 'hono';
import { askAdmin } from './ask-admin.ts';
import type { ControlContext } from './control-context.ts';
import { findConnector, findParts, nameOf } from './find-connector.ts';
import { moveOffsets, type RewindOptions } from './move-offsets.ts';
import { parseOffsets, type WantedOffset } from './parse-offsets.ts';
import { readJsonObject } from './request-body.ts';
import { RestError } from './rest-error.ts';

/** The calls about a connector's offsets, which are those of the ledger. */
export function offsetRoutes(control: ControlContext): Hono {
  const { client, defaults } = control;
  const routes = new Hono();

  routes.get('/:name/offsets', async (context) => {
    const { name } = await findConnector(control, nameOf(context));
    const { partitions } = await askAdmin(client, { stage: defaults.stage, name }, { call: 'offsets' });
    const offsets = partitions.map(({ topic, partition, nextOffset }) => ({
      partition: { kafka_topic: topic, kafka_partition: partition },
      offset: { kafka_offset: nextOffset },
    }));
    return context.json({ offsets });
  });

  const move = async (context: Context, wanted: readonly WantedOffset[] | 'all', done: string) => {
    const name = nameOf(context);
    const options = parseRewindOptions(context.req.query());
    const rewound = await control.change(name, async () =>
      moveOffsets(control, await findParts(control, name), wanted, options),
    );
    const message = `The offsets for this connector have been ${done} successfully`;
    return context.json({ message, ...(rewound.length > 0 && { rewound }) });
  };
  routes.patch('/:name/offsets', async (context) =>
    move(context, parseOffsets(await readJsonObject(context)), 'altered'),
  );
  routes.delete('/:name/offsets', (context) => move(context, 'all', 'reset'));
  return routes;
}

function parseRewindOptions({ generation, startTimestamp }: Readonly<Record<string, string>>): RewindOptions {
  return {
    ...(generation !== undefined && { generation: toWhole('generation', generation) }),
    ...(startTimestamp !== undefined && { startTimestampMs: toWhole('startTimestamp', startTimestamp) }),
  };
}

function toWhole(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new RestError(400, `${name} must be a whole number.`);
}
