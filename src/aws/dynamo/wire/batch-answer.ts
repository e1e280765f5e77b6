import { crc32 } from 'node:zlib';
import type { WriteOutcome } from '../../../core/ports.ts';
import type { HttpAnswer } from './post-connection.ts';
import { throttleReason } from './throttle-reason.ts';
import { isRecord, type TableKey, unprocessedIndexes } from './unprocessed.ts';

/** What was asked. */
export type BatchRequest = {
  readonly table: string;
  readonly key: TableKey;
  readonly itemCount: number;
  readonly body: Buffer;
};

export type AwsError = { readonly code: string; readonly message: string };

export type BatchAnswer =
  | { readonly kind: 'outcome'; readonly outcome: WriteOutcome }
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
 * Reads an answer to BatchWriteItem (Amazon DynamoDB API Reference; "Error handling with DynamoDB"). An answer with status 200
 * counts only if its checksum fits, it is JSON of the right shape, and all that it gives back was sent.
 */
export function readBatchAnswer(answer: HttpAnswer, request: BatchRequest): BatchAnswer {
  if (answer.crc32 !== null && crc32(answer.body) !== answer.crc32) {
    return garbled(answer, 'its checksum (x-amz-crc32) is of other bytes');
  }
  if (answer.status !== 200) return readError(answer, request);
  const parsed = parse(answer.body);
  if (parsed === null) return garbled(answer, 'it is not a JSON object');
  const unprocessed = parsed['UnprocessedItems'];
  if (!isRecord(unprocessed)) return garbled(answer, 'it has no UnprocessedItems');
  const held = isEmpty(unprocessed)
    ? []
    : unprocessedIndexes(unprocessed, request.body, request.table, request.key);
  if (held === null) return garbled(answer, 'its UnprocessedItems name what was not sent');
  // Unprocessed items come without a reason.
  return answered(held, held.length > 0 ? 'throttled' : null, consumedUnits(parsed['ConsumedCapacity']));
}

function readError(answer: HttpAnswer, request: BatchRequest): BatchAnswer {
  const all = () => Array.from({ length: request.itemCount }, (_, index) => index);
  const parsed = parse(answer.body);
  const error = parsed === null ? null : awsError(parsed);
  const reason = error === null ? null : throttleReason(error.code, parsed!);
  if (reason !== null || answer.status === 429) return answered(all(), reason ?? 'throttled', 0);
  if (answer.status >= 500 || answer.status === 408) return answered(all(), 'unavailable', 0);
  if (answer.status === 413) return refused(error?.message ?? 'The request is too large (status 413).');
  if (error === null) return garbled(answer, 'it names no error');
  if (UNAVAILABLE.has(error.code)) return answered(all(), 'unavailable', 0);
  if (REFUSALS.has(error.code))
    return isKeyMismatch(error) ? { kind: 'failed', error } : refused(error.message);
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

function awsError(parsed: Readonly<Record<string, unknown>>): AwsError | null {
  const type = parsed['__type'];
  if (typeof type !== 'string') return null;
  const message = parsed['message'] ?? parsed['Message'];
  return {
    code: type.slice(type.lastIndexOf('#') + 1),
    message: typeof message === 'string' ? message : '(no message)',
  };
}

/** Write units over all entries; 0 where the answer doesn't say. */
function consumedUnits(entries: unknown): number {
  if (!Array.isArray(entries)) return 0;
  let units = 0;
  for (const entry of entries as ({ CapacityUnits?: unknown } | null)[]) {
    const entryUnits = entry?.CapacityUnits;
    if (typeof entryUnits === 'number' && entryUnits > 0) units += entryUnits;
  }
  return units;
}

function answered(held: number[], reason: Held['reason'], units: number): BatchAnswer {
  return { kind: 'outcome', outcome: { kind: 'answered', held, reason, units } };
}

type Held = Extract<WriteOutcome, { kind: 'answered' }>;

function refused(reason: string): BatchAnswer {
  return { kind: 'outcome', outcome: { kind: 'refused', reason } };
}

function garbled(answer: HttpAnswer, what: string): BatchAnswer {
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

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}
