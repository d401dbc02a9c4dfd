import { type Command, Option } from 'commander';
import type { LambdaChoice } from '../services/lambda-choice.ts';

/** Options that choose the Lambda service. */
export interface LambdaOptions {
  readonly lambda: 'own' | 'localstack';
  readonly localstackPort: number;
}

/** Adds the options to `sluice start`. */
export function addLambdaOptions(command: Command, parsePort: (value: string) => number): void {
  command
    .addOption(
      new Option('--lambda <kind>', "what runs the functions: the stack's own Lambda API, or LocalStack (needs Python)")
        .choices(['own', 'localstack'])
        .default('own'),
    )
    .option('--localstack-port <port>', 'port of LocalStack; 0: any free one', parsePort, 4566);
}

export function toLambdaChoice({ lambda, localstackPort }: LambdaOptions): LambdaChoice {
  return lambda === 'own' ? { kind: 'own' } : { kind: 'localstack', port: localstackPort };
}
