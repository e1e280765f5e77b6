import type { HoldReason, Kept, Refusal, WriteOutcome } from '../../../core/ports.ts';

/** The outcome of one request, and the indexes that its operations have among all of the write. */
export type PartOutcome = { readonly outcome: WriteOutcome; readonly indexes: readonly number[] };

/** The later reason counts: one that concerns more of the table, and above all an answer that was lost. */
const ORDER: readonly HoldReason[] = [
  'throttled',
  'key-range',
  'index-capacity',
  'table-capacity',
  'on-demand-limit',
  'account-limit',
  'unavailable',
];

/** One outcome of several requests that were sent at the same time. */
export function joinedOutcome(parts: readonly PartOutcome[]): WriteOutcome {
  const held: number[] = [];
  const kept: Kept[] = [];
  const refused: Refusal[] = [];
  let units = 0;
  let reason: HoldReason | null = null;
  for (const { outcome, indexes } of parts) {
    units += outcome.units;
    for (const index of outcome.held) held.push(indexes[index]!);
    for (const { index, isEqual } of outcome.kept ?? []) kept.push({ index: indexes[index]!, isEqual });
    for (const refusal of outcome.refused ?? []) {
      refused.push({ indexes: refusal.indexes.map((index) => indexes[index]!), reason: refusal.reason });
    }
    reason = wider(reason, outcome.reason);
  }
  return {
    held: held.sort((a, b) => a - b),
    reason,
    units,
    ...(kept.length === 0 ? {} : { kept }),
    ...(refused.length === 0 ? {} : { refused }),
  };
}

function wider(a: HoldReason | null, b: HoldReason | null): HoldReason | null {
  if (a === null || b === null) return a ?? b;
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}
