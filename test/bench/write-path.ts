import { createEvaluation } from '../../functions/sink/evaluate-record.ts';
import { readSinkEnvironment } from '../../functions/sink/read-sink-environment.ts';
import { createConverterPorts } from '../../shared/converter/converter-ports.ts';
import type { KafkaEvent } from '../../shared/kafka/event.ts';
import { toPartitionRecords } from '../../shared/kafka/record.ts';
import type { IncomingRange } from '../../shared/postgres/accept-range.ts';
import { createLoginReader } from '../../shared/postgres/login-reader.ts';
import type { Evaluated } from '../../shared/postgres/prepared-range.ts';
import { TargetWriter } from '../../shared/postgres/target-writer.ts';

/** The write path alone: ranges whose records were decoded before, bound, folded, encoded and committed when called. */
export interface WritePath {
  /** Decodes the records of an event, and gives what writes them. */
  prepare(event: KafkaEvent): () => Promise<void>;
  close(): Promise<void>;
}

/** Opens the writer of a sink function's environment. */
export async function openWritePath(environment: NodeJS.ProcessEnv): Promise<WritePath> {
  const { plan } = readSinkEnvironment(environment);
  const logins = createLoginReader(environment, Date.now);
  const evaluation = await createEvaluation(plan, createConverterPorts(environment, logins, Date.now));
  const writer = new TargetWriter(plan.target, { connector: plan.name, source: 'bench' }, logins);
  return {
    prepare(event) {
      const evaluated = new Map<number, Evaluated>();
      const ranges = toPartitionRecords(event).map(({ topic, partition, records }): IncomingRange => {
        for (const record of records) evaluated.set(record.offset, evaluation.evaluate(record, false));
        const [first, last] = [records[0]!.offset, records.at(-1)!.offset];
        return { topic, partition, records, fromOffset: first, toOffset: last, filteredBefore: 0 };
      });
      const evaluate = ({ offset }: { offset: number }) => evaluated.get(offset)!;
      return async () => {
        const outcomes = await writer.apply(ranges, { evaluate }, () => 60_000);
        const failure = outcomes.find((outcome) => outcome.failure !== undefined)?.failure;
        if (failure !== undefined) throw failure.error;
      };
    },
    close: () => writer.close(),
  };
}
