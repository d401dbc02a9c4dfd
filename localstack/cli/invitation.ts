import type { ServiceName } from '../services/service.ts';

/** What {@link buildInvitation} depends on. */
export interface InvitationSettings {
  /** Set when only one service was asked for. */
  readonly service: ServiceName | undefined;
  readonly bare: boolean;
  /** URL of the stack's LocalStack; absent for a stack on its own Lambda. */
  readonly awsEndpoint?: string | undefined;
  /** Set when it is not the default folder. */
  readonly dataDir: string | undefined;
  /** The stack is in the background, where Ctrl-C does not reach it. */
  readonly detached: boolean;
}

/** What to try next, once everything is up. */
export function buildInvitation({ service, bare, awsEndpoint, dataDir, detached }: InvitationSettings): string[] {
  const option = dataDir === undefined ? '' : ` --data-dir ${quoteForShell(dataDir)}`;
  const end = `${detached ? 'To end it:' : 'Ctrl-C ends it, and so does:'} npx sluice stop${option}`;
  if (service !== undefined) return ['', end];
  if (awsEndpoint !== undefined) return [...inviteToDeploy(awsEndpoint), end];
  const record = '{"op":"c","before":null,"after":{"id":2,"name":"Ada"}}';
  const commands = bare
    ? ['connectors create FILE.json --local', 'produce TOPIC FILE.jsonl', "query 'select * from TABLE'"]
    : ['produce server1.dbo.people', "query 'select * from people'", 'connectors status cud-sink'];
  return [
    '',
    'It is up. Try in another terminal:',
    ...commands.map((command) => {
      const input = command.startsWith('produce server1') ? `echo '${record}' | ` : '';
      return `  ${input}npx sluice ${command}${option}`;
    }),
    end,
  ];
}

/** As a shell takes it for one word. */
function quoteForShell(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Source of the variables: AWS SDKs and Tools reference guide; LocalStack takes any credentials. */
function inviteToDeploy(endpoint: string): string[] {
  return [
    '',
    'It is up. Deploy to it from another terminal (docs/harness.md):',
    `  export AWS_ENDPOINT_URL=${endpoint} AWS_ENDPOINT_URL_S3=${endpoint} AWS_REGION=us-east-1`,
    '  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test',
    '  npx cdk bootstrap aws://000000000000/us-east-1',
    '  npx cdk deploy -c connectors=FILE.json -c bootstrapServers=HOST:PORT …',
  ];
}
