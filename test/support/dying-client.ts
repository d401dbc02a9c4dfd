import type { LambdaClient } from '@aws-sdk/client-lambda';
import { createLambdaClient } from './open-lambda.ts';

/** A client that dies after so many changing calls, before or after the last one reached Lambda. */
export function dyingClient(url: string, allowedChanges: number): LambdaClient & { readonly died: () => boolean } {
  const client = createLambdaClient(url);
  let changes = 0;
  client.middlewareStack.add(
    (next, context) => (args) => {
      if (!/^(Get|List)/.test(context.commandName ?? '')) changes += 1;
      if (changes > allowedChanges) throw new Error('killed');
      return next(args);
    },
    { step: 'initialize' },
  );
  return Object.assign(client, { died: () => changes > allowedChanges });
}
