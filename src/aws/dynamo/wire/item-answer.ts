import type { Operation, WriteOutcome } from '../../../core/ports.ts';
import { writeUnits } from '../../../core/rows/item.ts';
import { consumedUnits, readAnswer } from './answer-error.ts';
import type { WireAnswer } from './batch-answer.ts';
import type { HttpAnswer } from './post-connection.ts';
import { sameItem } from './same-item.ts';
import { isRecord } from './unprocessed.ts';

/** A request for one item: what was asked. */
export type ItemRequest = Pick<Operation, 'kind' | 'newerBy'> & { readonly body: Buffer };

/**
 * Reads an answer to a PutItem, UpdateItem or DeleteItem, as the outcome of its one operation (index 0). No answer has the units of
 * a condition that fails: they are estimated from the larger of the two items ("DynamoDB condition and filter expressions").
 */
export function readItemAnswer(answer: HttpAnswer, request: ItemRequest): WireAnswer {
  const read = readAnswer(answer);
  switch (read.kind) {
    case 'success':
      return outcome({ units: consumedUnits(read.members['ConsumedCapacity']) });
    case 'held':
      return outcome({ held: [0], reason: read.reason });
    case 'refused':
      return outcome({ refused: [{ indexes: [0], reason: read.reason }] });
    case 'condition-failed': {
      const units = writeUnits(Math.max(request.body.length, answer.body.length));
      return outcome({ units, ...conditionFailed(request, read.stored) });
    }
    case 'expired':
    case 'skewed':
    case 'failed':
    case 'garbled':
      return read;
  }
}

function outcome(of: Partial<WriteOutcome>): WireAnswer {
  return { kind: 'outcome', outcome: { held: [], reason: null, units: 0, ...of } };
}

function conditionFailed(
  { kind, newerBy, body }: ItemRequest,
  stored: Readonly<Record<string, unknown>> | null,
): Partial<WriteOutcome> {
  const sent = JSON.parse(body.toString()) as SentRequest;
  if (newerBy !== null) {
    const reason = stored === null ? null : otherType(newerBy, sent, stored);
    return reason === null
      ? { kept: [{ index: 0, isEqual: false }] }
      : { refused: [{ indexes: [0], reason }] };
  }
  const isEqual =
    kind === 'insert' && stored !== null && sent.Item !== undefined && sameItem(sent.Item, stored);
  return { kept: [{ index: 0, isEqual }] };
}

type SentRequest = {
  readonly Item?: Readonly<Record<string, unknown>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
};

/** Values of two types do not compare: that the stored item is newer was never found out. */
function otherType(
  newerBy: string,
  sent: SentRequest,
  stored: Readonly<Record<string, unknown>>,
): string | null {
  const theirs = typeOf(stored[newerBy]);
  const ours = typeOf(sent.ExpressionAttributeValues?.[NEWER_VALUE]);
  if (theirs === null || theirs === ours) return null;
  return `the stored item's attribute '${newerBy}' has the type ${theirs}, and the row's has ${ours}: they cannot be compared (write.newer_by)`;
}

/** The placeholder of the `newerBy` attribute's value in a condition (`item-body.ts`). */
export const NEWER_VALUE = ':newer';

/** Of an attribute value such as `{"N":"1"}`. */
function typeOf(value: unknown): string | null {
  return isRecord(value) ? (Object.keys(value)[0] ?? null) : null;
}
