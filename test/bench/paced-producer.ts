import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** What {@link sendPaced} sends. */
export interface PacedLoad {
  /** `POST /topics/TOPIC` of the topic REST API. */
  readonly url: string;
  /** Requests a second, one record each. */
  readonly rate: number;
  readonly firstId: number;
  readonly count: number;
}

const connections = 64;

/**
 * Sends the records at even distances in time over kept-alive connections, without waiting for answers, and answers the
 * time of each call in milliseconds since the epoch, in the order of the ids. Fulfilled when all were answered.
 */
export async function sendPaced({ url, rate, firstId, count }: PacedLoad): Promise<Float64Array> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const sentAtMs = new Float64Array(count);
  const answers: Promise<void>[] = [];
  const startMs = performance.now();
  try {
    for (let sent = 0; sent < count; ) {
      const due = Math.min(count, Math.floor(((performance.now() - startMs) * rate) / 1000) + 1);
      for (; sent < due; sent++) {
        sentAtMs[sent] = performance.timeOrigin + performance.now();
        answers.push(send(agent, url, firstId + sent));
      }
      await delay(1);
    }
    await Promise.all(answers);
  } finally {
    agent.destroy();
  }
  return sentAtMs;
}

function send(agent: Agent, url: string, id: number): Promise<void> {
  const after = { id, name: `name of ${id}`, amount: `${id}.25`, at: '2024-02-29T12:00:00.123456Z' };
  const body = JSON.stringify({ records: [{ value: { op: 'c', before: null, after } }] });
  const headers = { 'content-type': 'application/vnd.kafka.json.v2+json', 'content-length': Buffer.byteLength(body) };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const call = request(url, { method: 'POST', agent, headers }, (response) => {
    response.resume();
    if (response.statusCode !== 200) reject(new Error(`The topic REST API answered ${response.statusCode}.`));
    response.on('end', resolve);
  });
  call.on('error', reject);
  call.end(body);
  return promise;
}
