/**
 * The largest synchronous invocation payload in bytes: 6 MB as Lambda counts them, and the largest event that a Kafka
 * event source mapping sends.
 *
 * Source: AWS Lambda quotas; the exact number is the one that Lambda's `RequestEntityTooLargeException` names.
 */
export const maxPayloadBytes = 6_291_556;
