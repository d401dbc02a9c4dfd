/** Which Lambda a stack has: its own endpoint, or LocalStack's, to which `cdk deploy` can deploy. */
export type LambdaChoice = { readonly kind: 'own' } | { readonly kind: 'localstack'; readonly port: number };
