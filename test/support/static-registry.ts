import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A registry that serves the schemas it was given, by the paths of Confluent's. */
export interface StaticRegistry {
  readonly url: string;
  /** Keeps a schema and answers what a record of it begins with: the magic byte and the schema's id. */
  add(schema: string, schemaType?: 'AVRO' | 'PROTOBUF' | 'JSON'): Buffer;
}

/** Opens a registry on 127.0.0.1 that ends with the test, or whatever else tells its end. */
export async function openStaticRegistry(t: Pick<TestContext, 'after'>): Promise<StaticRegistry> {
  const answers: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    const id = /^\/schemas\/ids\/(\d+)/.exec(url)?.[1];
    const answer = answers[Number(id) - 1];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
    response.end(answer ?? '{"error_code":40403,"message":"Schema not found"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add(schema, schemaType) {
      answers.push(JSON.stringify({ schema, ...(schemaType !== undefined && { schemaType }) }));
      const frame = Buffer.alloc(5);
      frame.writeInt32BE(answers.length, 1);
      return frame;
    },
  };
}
