import type { HoldReason } from '../../../core/ports.ts';

/** Error codes that say 'later', and what they mean where they give no reason of their own. */
const THROTTLES: Readonly<Record<string, HoldReason>> = {
  ProvisionedThroughputExceededException: 'throttled',
  ThrottlingException: 'throttled',
  RequestLimitExceeded: 'account-limit',
  // Somebody else, perhaps in another Region, is writing one of the items at this moment.
  ReplicatedWriteConflictException: 'throttled',
  TransactionConflictException: 'throttled',
  // What AWS services and what stands before them say in general ("Error retries and exponential backoff").
  Throttling: 'throttled',
  ThrottledException: 'throttled',
  RequestThrottledException: 'throttled',
  TooManyRequestsException: 'throttled',
  SlowDown: 'throttled',
};

/**
 * The last part of a throttling reason, `<Table|Index><Read|Write><LimitType>` (Amazon DynamoDB API Reference,
 * "ThrottlingReason"), the widest first: of several reasons the one counts that concerns most of the table.
 */
const LIMITS: readonly (readonly [suffix: string, reason: HoldReason])[] = [
  ['AccountLimitExceeded', 'account-limit'],
  ['MaxOnDemandThroughputExceeded', 'on-demand-limit'],
  ['ProvisionedThroughputExceeded', 'table-capacity'],
  ['KeyRangeThroughputExceeded', 'key-range'],
];

/**
 * Why an error answer puts the write off; null where it doesn't. The list of reasons is `throttlingReasons` in a
 * ThrottlingException and `ThrottlingReasons` in others.
 */
export function throttleReason(code: string, answer: Readonly<Record<string, unknown>>): HoldReason | null {
  const general = THROTTLES[code];
  if (general === undefined) return null;
  const listed = answer['ThrottlingReasons'] ?? answer['throttlingReasons'];
  if (!Array.isArray(listed)) return general;
  const reasons = listed.map((entry: { reason?: unknown } | null) => String(entry?.reason));
  for (const [suffix, reason] of LIMITS) {
    const named = reasons.filter((text) => text.endsWith(suffix));
    if (named.length === 0) continue;
    const isIndexOnly = named.every((text) => text.startsWith('Index'));
    return reason === 'table-capacity' && isIndexOnly ? 'index-capacity' : reason;
  }
  return general;
}
