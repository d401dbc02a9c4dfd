import { startLambdaEndpoint } from '../../localstack/lambda/lambda-endpoint.ts';

/** A process of its own that holds an endpoint, for tests that kill it. Tells its URL on standard output. */
const lambda = await startLambdaEndpoint({ dataDir: process.argv[2] as string });
process.on('message', () => process.send?.(lambda.pids()));
process.send?.(lambda.url);
