import type { Log } from '../../shared/observability/log.ts';
import type { LambdaService, MappingProgress } from '../lambda/lambda-service.ts';
import { type Clock, wait } from './clock.ts';
import { backOffDelayMs } from './retry-policy.ts';

/** What a mapping's report may say; the reason is for Lambda services that keep `StateTransitionReason`. */
export interface ReportedProgress extends MappingProgress {
  readonly stateTransitionReason?: string;
}

/** What a {@link ProgressReport} works with. */
export interface ProgressEnvironment {
  readonly lambda: Pick<LambdaService, 'reportProgress'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/**
 * Tells the Lambda service how one mapping goes on: only what changed, one report at a time, the newest state wins, and
 * a report that fails is tried again.
 */
export class ProgressReport {
  readonly #uuid: string;
  readonly #environment: ProgressEnvironment;
  readonly #closing = new AbortController();
  #wanted: ReportedProgress;
  #told: ReportedProgress;
  #running: Promise<void> | undefined;

  /** @param known what the Lambda service says of the mapping now */
  constructor(uuid: string, known: ReportedProgress, environment: ProgressEnvironment) {
    this.#uuid = uuid;
    this.#wanted = known;
    this.#told = known;
    this.#environment = environment;
  }

  /** What was reported last, delivered or not. */
  get current(): ReportedProgress {
    return this.#wanted;
  }

  /** Takes what the Lambda service says of the mapping now, a state that a user asked for included. */
  learn(known: ReportedProgress): void {
    this.#told = { ...this.#told, ...known };
    this.#wanted = { ...this.#wanted, ...known };
  }

  /** Reports what is new in this; the rest stays. */
  tell(progress: ReportedProgress): void {
    this.#wanted = { ...this.#wanted, ...progress };
    if (this.#running === undefined && difference(this.#wanted, this.#told) !== undefined) this.#running = this.#run();
  }

  /** Ends the tries. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { lambda, clock, random, log } = this.#environment;
    for (let failures = 0; ; ) {
      const wanted = this.#wanted;
      const news = difference(wanted, this.#told);
      if (news === undefined) break;
      try {
        const told = this.#told;
        await lambda.reportProgress(this.#uuid, news);
        // What was learnt meanwhile may be older or newer than the report: better to report twice.
        if (this.#told === told) this.#told = { ...told, ...news };
        failures = 0;
      } catch (error) {
        if (this.#closing.signal.aborted) break;
        failures++;
        log.error('The progress of a mapping could not be reported; this is tried again.', error);
        await wait(clock, backOffDelayMs(failures, random()), this.#closing.signal);
      }
    }
    this.#running = undefined;
  }
}

/** The properties that differ; undefined when none does. */
function difference(wanted: ReportedProgress, told: ReportedProgress): ReportedProgress | undefined {
  const news = Object.entries(wanted).filter(([name, value]) => told[name as keyof ReportedProgress] !== value);
  return news.length === 0 ? undefined : Object.fromEntries(news);
}
