import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { KafkaEvent } from '../../shared/kafka/event.ts';
import type { BatchResponse, SinkWorker } from './sink-worker.ts';

interface WorkerMessage {
  readonly answer?: BatchResponse | null;
  readonly error?: string;
}

/** A sink worker in a process of its own, which can be killed in the middle of a batch. */
export class SinkWorkerProcess implements SinkWorker {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts the process; it is ready for its first event. `script` is another one that runs a worker. */
  static async start(environment: NodeJS.ProcessEnv, script = './sink-worker-child.ts'): Promise<SinkWorkerProcess> {
    const child = fork(new URL(script, import.meta.url), {
      env: { PATH: process.env.PATH, ...environment },
      execArgv: [],
    });
    const [message] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`The worker process ended with ${code} before it was ready.`);
      }),
    ]);
    if (message?.ready !== true) throw new Error('The worker process sent something else before it was ready.');
    return new SinkWorkerProcess(child);
  }

  async invoke(event: KafkaEvent): Promise<BatchResponse | null | undefined> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      throw new Error('The worker process is dead.');
    const done = new AbortController();
    try {
      const answered = once(this.#child, 'message', { signal: done.signal });
      const ended = once(this.#child, 'exit', { signal: done.signal }).then(() => {
        throw new Error('The worker process was killed.');
      });
      this.#child.send(event);
      const [message] = (await Promise.race([answered, ended])) as [WorkerMessage];
      if (message.error !== undefined) throw new Error(message.error);
      return message.answer;
    } finally {
      done.abort();
    }
  }

  /** Ends the process at once, as a machine that loses its power does. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  close(): Promise<void> {
    return this.kill();
  }
}
