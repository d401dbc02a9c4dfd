import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { requestJson } from '../../../../localstack/cli/request-json.ts';

test('what a service says besides its answer is told', async (t) => {
  const server = createServer((request, response) => {
    if (request.url === '/changed') response.setHeader('Warning', '299 sluice "rows stay as they are"');
    response.end('{"name":"a"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const told: string[] = [];
  const ask = (path: string) => requestJson(url + path, { warn: (text) => told.push(text) });
  assert.deepEqual(await ask('/same'), { name: 'a' });
  assert.deepEqual(told, []);
  assert.deepEqual(await ask('/changed'), { name: 'a' });
  assert.deepEqual(told, ['rows stay as they are']);
});
