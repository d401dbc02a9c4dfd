import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LambdaChoice } from '../services/lambda-choice.ts';

/** Options that choose the Lambda service. */
export interface LambdaOptions {
  readonly lambda: 'own' | 'localstack';
  readonly localstackPort: number;
  readonly lambdaEndpoint?: string;
}

/** Adds the options to `sluice start`. */
export function addLambdaOptions(command: Command, parsePort: (value: string) => number): void {
  command
    .addOption(
      new Option('--lambda <kind>', "what runs the functions: the stack's own Lambda API, or LocalStack (needs Python)")
        .choices(['own', 'localstack'])
        .default('own'),
    )
    .option('--localstack-port <port>', 'port of LocalStack; 0: any free one', parsePort, 4566)
    .option('--lambda-endpoint <url>', 'a LocalStack with our plugin that runs already, to use instead', parseEndpoint);
}

export function toLambdaChoice({ lambda, localstackPort, lambdaEndpoint }: LambdaOptions): LambdaChoice {
  if (lambdaEndpoint !== undefined) return { kind: 'endpoint', url: lambdaEndpoint };
  return lambda === 'own' ? { kind: 'own' } : { kind: 'localstack', port: localstackPort };
}

function parseEndpoint(value: string): string {
  if (!/^https?:\/\/[^/\s]+\/?$/.test(value)) throw new InvalidArgumentError('It must be http://host:port.');
  return value.replace(/\/$/, '');
}
