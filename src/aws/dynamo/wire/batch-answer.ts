import type { WriteOutcome } from '../../../core/ports.ts';
import { type AnswerError, consumedUnits, garbled, readAnswer } from './answer-error.ts';
import type { HttpAnswer } from './post-connection.ts';
import { isRecord, type TableKey, unprocessedIndexes } from './unprocessed.ts';

/** What was asked. */
export type BatchRequest = {
  readonly table: string;
  readonly key: TableKey;
  readonly itemCount: number;
  readonly body: Buffer;
};

/** An answer to a write as the port has it, or why there is none. */
export type WireAnswer =
  | { readonly kind: 'outcome'; readonly outcome: WriteOutcome }
  | Extract<AnswerError, { kind: 'expired' | 'skewed' | 'failed' | 'garbled' }>;

const NONE: readonly number[] = [];

/** Reads an answer to BatchWriteItem. It counts only if all that it gives back was sent. */
export function readBatchAnswer(answer: HttpAnswer, request: BatchRequest): WireAnswer {
  const read = readAnswer(answer);
  switch (read.kind) {
    case 'success': {
      const unprocessed = read.members['UnprocessedItems'];
      if (!isRecord(unprocessed)) return garbled(answer, 'it has no UnprocessedItems');
      const held = isEmpty(unprocessed)
        ? NONE
        : unprocessedIndexes(unprocessed, request.body, request.table, request.key);
      if (held === null) return garbled(answer, 'its UnprocessedItems name what was not sent');
      // Unprocessed items come without a reason.
      const units = totalUnits(read.members['ConsumedCapacity']);
      return { kind: 'outcome', outcome: { held, reason: held.length > 0 ? 'throttled' : null, units } };
    }
    case 'held':
      return {
        kind: 'outcome',
        outcome: { held: allOf(request.itemCount), reason: read.reason, units: 0 },
      };
    case 'refused': {
      const refused = [{ indexes: allOf(request.itemCount), reason: read.reason }];
      return { kind: 'outcome', outcome: { held: NONE, reason: null, units: 0, refused } };
    }
    case 'condition-failed':
      return garbled(answer, 'a batch has no condition');
    case 'expired':
    case 'skewed':
    case 'failed':
    case 'garbled':
      return read;
  }
}

function allOf(itemCount: number): number[] {
  return Array.from({ length: itemCount }, (_, index) => index);
}

function totalUnits(entries: unknown): number {
  if (!Array.isArray(entries)) return 0;
  let units = 0;
  for (const entry of entries) units += consumedUnits(entry);
  return units;
}

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}
