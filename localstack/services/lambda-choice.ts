/** Which Lambda a stack has: its own endpoint, a LocalStack of the stack, or one that runs elsewhere with our plugin. */
export type LambdaChoice =
  | { readonly kind: 'own' }
  | { readonly kind: 'localstack'; readonly port: number }
  | { readonly kind: 'endpoint'; readonly url: string };
