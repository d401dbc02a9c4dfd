import type { InvocationResult } from '../../localstack/lambda/lambda-service.ts';
import { settle } from './manual-clock.ts';
import { succeeded } from './scripted-lambda.ts';

/** A function that answers only when the test lets it. */
export class InvocationGate {
  readonly #waiting: (() => void)[] = [];

  /** What a ScriptedLambda takes. */
  readonly handler = (): Promise<InvocationResult> =>
    new Promise((resolve) => this.#waiting.push(() => resolve(succeeded())));

  /** Invocations that wait for their answer. */
  get running(): number {
    return this.#waiting.length;
  }

  /** Answers the oldest one, and lets everything happen that follows from it. */
  async open(): Promise<void> {
    this.#waiting.shift()!();
    await settle();
  }
}
