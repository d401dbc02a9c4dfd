import { SluiceError } from '../errors/sluice-error.ts';
import type { AwsEnvironment } from './aws-environment.ts';
import type { SecretReference } from './secret-reference.ts';
import { sendSignedRequest } from './signed-request.ts';

/** Reads secrets and remembers them for the life of the execution environment, until {@link SecretReader.forget}. */
export interface SecretReader {
  /**
   * The value that a reference stands for.
   *
   * @throws SluiceError `SECRET_UNREADABLE`, `SECRET_UNAVAILABLE`; no message holds a value
   */
  resolve(reference: SecretReference): Promise<string>;
  /**
   * The members of a secret that is a JSON object; numbers and booleans as text.
   *
   * @throws SluiceError as {@link SecretReader.resolve}
   */
  readObject(id: string): Promise<Readonly<Record<string, string>>>;
  /** Forgets what was read, so that values that were changed meanwhile are read again. */
  forget(): void;
}

/** A reader that asks AWS with the credentials of the environment, once for each secret. */
export function createSecretReader(aws: AwsEnvironment): SecretReader {
  const texts = new Map<string, Promise<string>>();
  const readText = (reference: SecretReference): Promise<string> => {
    const key = `${reference.provider}:${reference.id}`;
    let text = texts.get(key);
    if (text === undefined) {
      text = reference.provider === 'ssm' ? readParameter(aws, reference.id) : readSecret(aws, reference.id);
      texts.set(key, text);
      // A failure is not remembered.
      text.catch(() => texts.get(key) === text && texts.delete(key));
    }
    return text;
  };
  const readObject = async (id: string) => toMembers(id, await readText({ provider: 'secretsmanager', id }));
  return {
    resolve: async (reference) => {
      if (reference.provider === 'ssm' || reference.key === undefined) return readText(reference);
      const value = (await readObject(reference.id))[reference.key];
      if (value !== undefined) return value;
      throw unreadable(`The secret ${reference.id} has no member ${reference.key}, or one that is no text.`);
    },
    readObject,
    forget: () => texts.clear(),
  };
}

async function readSecret(aws: AwsEnvironment, id: string): Promise<string> {
  const answer = await sendSignedRequest(aws, {
    service: 'secretsmanager',
    serviceId: 'SECRETS_MANAGER',
    region: regionOf(id),
    target: 'secretsmanager.GetSecretValue',
    body: { SecretId: id },
  });
  if (typeof answer.SecretString === 'string') return answer.SecretString;
  throw unreadable(`The secret ${id} has no text; a binary secret cannot be used.`);
}

async function readParameter(aws: AwsEnvironment, id: string): Promise<string> {
  const answer = await sendSignedRequest(aws, {
    service: 'ssm',
    serviceId: 'SSM',
    region: regionOf(id),
    target: 'AmazonSSM.GetParameter',
    body: { Name: id, WithDecryption: true },
  });
  const value = (answer.Parameter as { readonly Value?: unknown } | undefined)?.Value;
  if (typeof value === 'string') return value;
  throw unreadable(`The parameter ${id} has no value.`);
}

function toMembers(id: string, text: string): Readonly<Record<string, string>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the secret.
  }
  if (typeof value !== 'object' || value === null) throw unreadable(`The secret ${id} is not a JSON object.`);
  const members = Object.entries(value).filter(([, member]) => ['string', 'number', 'boolean'].includes(typeof member));
  return Object.fromEntries(members.map(([name, member]) => [name, String(member)]));
}

/** An ARN says in which region its resource is; a name means the function's own. */
function regionOf(id: string): string | undefined {
  return id.startsWith('arn:') ? id.split(':')[3] : undefined;
}

function unreadable(message: string): SluiceError {
  return new SluiceError('SECRET_UNREADABLE', message);
}
