import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const suffix = '.json';

/**
 * A map whose values outlive the process: one JSON file for each key, replaced atomically and forced to disk, so that a
 * killed process leaves either the old or the new value. Keys must be valid file names. Reads come from memory.
 */
export class JsonStore<Value> {
  readonly #dir: string;
  readonly #values: Map<string, Value>;
  #lastWrite: Promise<void> = Promise.resolve();

  private constructor(dir: string, values: Map<string, Value>) {
    this.#dir = dir;
    this.#values = values;
  }

  /** Reads every value of the folder, which is made if it does not exist. */
  static async open<Value>(dir: string): Promise<JsonStore<Value>> {
    await mkdir(dir, { recursive: true });
    const values = new Map<string, Value>();
    for (const name of (await readdir(dir)).sort()) {
      const path = join(dir, name);
      if (name.endsWith(suffix)) values.set(name.slice(0, -suffix.length), JSON.parse(await readFile(path, 'utf8')));
      else await rm(path, { force: true });
    }
    return new JsonStore(dir, values);
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  /** Values in the order of their keys' first appearance. */
  values(): readonly Value[] {
    return [...this.#values.values()];
  }

  /** Visible at once; durable when the promise is fulfilled. Writes keep their order. */
  set(key: string, value: Value): Promise<void> {
    this.#values.set(key, value);
    const text = JSON.stringify(value, null, 2);
    return this.#enqueue(async () => {
      const fresh = join(this.#dir, `${key}.${randomUUID()}`);
      await using file = await open(fresh, 'w');
      await file.writeFile(text);
      await file.sync();
      await rename(fresh, this.#path(key));
      await this.#syncFolder();
    });
  }

  /** Visible at once, and written to disk only together with a later {@link set} of the key. */
  setVolatile(key: string, value: Value): void {
    this.#values.set(key, value);
  }

  /** Gone at once; durably so when the promise is fulfilled. */
  delete(key: string): Promise<void> {
    this.#values.delete(key);
    return this.#enqueue(async () => {
      await rm(this.#path(key), { force: true });
      await this.#syncFolder();
    });
  }

  /** Fulfilled when every write so far has ended, in success or failure. */
  async settled(): Promise<void> {
    await this.#lastWrite.catch(() => undefined);
  }

  #path(key: string): string {
    return join(this.#dir, key + suffix);
  }

  #enqueue(write: () => Promise<void>): Promise<void> {
    const done = this.#lastWrite.catch(() => undefined).then(write);
    this.#lastWrite = done;
    return done;
  }

  /** A rename is durable once its folder is; Windows cannot open folders and needs no such call. */
  async #syncFolder(): Promise<void> {
    if (process.platform === 'win32') return;
    await using folder = await open(this.#dir, 'r');
    await folder.sync();
  }
}
