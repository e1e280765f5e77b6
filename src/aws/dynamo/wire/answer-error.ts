import { crc32 } from 'node:zlib';
import type { HoldReason } from '../../../core/ports.ts';
import type { HttpAnswer } from './post-connection.ts';
import { throttleReason } from './throttle-reason.ts';
import { isRecord } from './unprocessed.ts';

export type AwsError = { readonly code: string; readonly message: string };

/** What any answer to a write can be, beside its own success. */
export type AnswerError =
  /** Nothing was written, or (`unavailable`) perhaps: it may be sent again. */
  | { readonly kind: 'held'; readonly reason: HoldReason }
  /** Nothing was written, and sending the same again will not help. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The condition of the write does not hold for the stored item, null where the answer does not have it. */
  | { readonly kind: 'condition-failed'; readonly stored: Readonly<Record<string, unknown>> | null }
  /** The credentials have run out since they were fetched. */
  | { readonly kind: 'expired'; readonly error: AwsError }
  /** The request's time is too far from AWS's. */
  | { readonly kind: 'skewed'; readonly error: AwsError; readonly serverTimeMs: number | null }
  /** An error that no retry can fix. */
  | { readonly kind: 'failed'; readonly error: AwsError }
  /** Not what DynamoDB answers: whether anything was written is unknown. */
  | { readonly kind: 'garbled'; readonly why: string };

const EXPIRED = new Set(['ExpiredTokenException', 'ExpiredToken']);
const SKEWED = new Set(['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture']);
/** Codes by which DynamoDB refuses what an item holds. */
const REFUSALS = new Set([
  'ValidationException',
  'SerializationException',
  'ItemCollectionSizeLimitExceededException',
]);
/** Errors of status 400 that pass with time. */
const UNAVAILABLE = new Set(['TransactionInProgressException', 'RequestTimeout', 'RequestTimeoutException']);

/**
 * Reads an answer to a write up to where the operations differ (Amazon DynamoDB API Reference; "Error handling with DynamoDB"): the
 * members of a successful one, or the error. An answer with status 200 counts only if its checksum fits and it is a JSON object.
 */
export function readAnswer(
  answer: HttpAnswer,
): { readonly kind: 'success'; readonly members: Readonly<Record<string, unknown>> } | AnswerError {
  if (answer.crc32 !== null && crc32(answer.body) !== answer.crc32) {
    return garbled(answer, 'its checksum (x-amz-crc32) is of other bytes');
  }
  const members = parse(answer.body);
  if (answer.status !== 200) return readError(answer, members);
  if (members === null) return garbled(answer, 'it is not a JSON object');
  return { kind: 'success', members };
}

function readError(answer: HttpAnswer, members: Record<string, unknown> | null): AnswerError {
  const error = members === null ? null : awsError(members);
  const reason = error === null ? null : throttleReason(error.code, members!);
  if (reason !== null || answer.status === 429) return { kind: 'held', reason: reason ?? 'throttled' };
  if (answer.status >= 500 || answer.status === 408) return { kind: 'held', reason: 'unavailable' };
  if (answer.status === 413) {
    return { kind: 'refused', reason: error?.message ?? 'The request is too large (status 413).' };
  }
  if (error === null) return garbled(answer, 'it names no error');
  if (UNAVAILABLE.has(error.code)) return { kind: 'held', reason: 'unavailable' };
  if (error.code === 'ConditionalCheckFailedException') {
    const stored = members!['Item'];
    return { kind: 'condition-failed', stored: isRecord(stored) ? stored : null };
  }
  if (REFUSALS.has(error.code)) {
    return isKeyMismatch(error) ? { kind: 'failed', error } : { kind: 'refused', reason: error.message };
  }
  if (EXPIRED.has(error.code)) return { kind: 'expired', error };
  if (isSkew(error)) return { kind: 'skewed', error, serverTimeMs: answer.dateMs };
  return { kind: 'failed', error };
}

/** IAM User Guide, "Troubleshoot signed requests for AWS APIs": one code for a wrong secret and for a wrong clock. */
function isSkew({ code, message }: AwsError): boolean {
  return SKEWED.has(code) || /^Signature (expired|not yet current)/.test(message);
}

/** As DynamoDB, DynamoDB Local and dynalite word it. Of an index's key they say "Index Key": that may be one item's fault. */
const KEY_MISMATCH =
  /provided key element does not match the schema|required keys was not given|Missing the key\b|Type mismatch for key\b/;

/** The table's key is another, in name or type, than that of the items: no item will ever fit. */
function isKeyMismatch({ code, message }: AwsError): boolean {
  return code === 'ValidationException' && KEY_MISMATCH.test(message);
}

function awsError(members: Readonly<Record<string, unknown>>): AwsError | null {
  const type = members['__type'];
  if (typeof type !== 'string') return null;
  const message = members['message'] ?? members['Message'];
  return {
    code: type.slice(type.lastIndexOf('#') + 1),
    message: typeof message === 'string' ? message : '(no message)',
  };
}

/** Write units of one table's entry; 0 where the answer doesn't say. */
export function consumedUnits(entry: unknown): number {
  const units = (entry as { CapacityUnits?: unknown } | null | undefined)?.CapacityUnits;
  return typeof units === 'number' && units > 0 ? units : 0;
}

export function garbled(answer: HttpAnswer, what: string): Extract<AnswerError, { kind: 'garbled' }> {
  const excerpt = answer.body.toString('utf8', 0, 100);
  return {
    kind: 'garbled',
    why: `an answer with status ${answer.status} was not DynamoDB's: ${what} (${JSON.stringify(excerpt)})`,
  };
}

function parse(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
