/** Types of the Lambda API's errors with the status that each has, after AWS's API model. */
const statusOfType = {
  InvalidParameterValueException: 400,
  InvalidRequestContentException: 400,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  ResourceConflictException: 409,
  PreconditionFailedException: 412,
  RequestTooLargeException: 413,
  TooManyRequestsException: 429,
  ServiceException: 500,
} as const;

export type LambdaApiErrorType = keyof typeof statusOfType;

/** An error that the Lambda API answers with; the AWS SDK throws it again by its type. */
export class LambdaApiError extends Error {
  override readonly name = 'LambdaApiError';
  readonly type: LambdaApiErrorType;
  readonly details: Readonly<Record<string, string>>;

  constructor(type: LambdaApiErrorType, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.type = type;
    this.details = details;
  }

  get status(): number {
    return statusOfType[this.type];
  }

  /** The body of the response; some types spell the key of the sentence with a capital letter, some do not. */
  toBody(): Buffer {
    const fault = this.type === 'ServiceException' ? 'Service' : 'User';
    const key = this.type === 'ResourceNotFoundException' || fault === 'Service' ? 'Message' : 'message';
    return Buffer.from(JSON.stringify({ ...this.details, Type: fault, [key]: this.message }));
  }
}

/** Shorthand for the API's answer to a bad parameter. */
export function invalidParameter(message: string): LambdaApiError {
  return new LambdaApiError('InvalidParameterValueException', message);
}
