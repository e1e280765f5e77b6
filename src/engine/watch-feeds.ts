import type { Dataset, InvalidDataset } from '../core/dataset/dataset.ts';
import { dueMs } from '../core/imports/feed.ts';
import type { Clock, Ledger } from '../core/ports.ts';
import type { Emit } from './events.ts';

/**
 * Looks at every dataset whose files are expected: emits the numbers to alarm on, and an event when a feed becomes late and when it is
 * no longer late. A feed that stays late is told once, with the time since when.
 */
export async function watchFeeds(
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  datasets: readonly (Dataset | InvalidDataset)[],
  emit: Emit,
): Promise<void> {
  for (const dataset of datasets) {
    if (!('digest' in dataset) || dataset.expect === null) continue;
    const { name, expect } = dataset;
    const nowMs = clock.now();
    const feed = await ledger.expectFeed(name, expect.every, nowMs);
    const isLate = nowMs > dueMs(feed);
    const facts = { dataset: name, every: feed.every, last: feed.hasArrived ? iso(feed.sinceMs) : null };
    const since = iso(feed.lateSinceMs ?? dueMs(feed));
    if (isLate && (await ledger.noteLate(name, dueMs(feed))))
      emit({ type: 'feed late', level: 'warn', ...facts, since });
    if (!isLate && feed.lateSinceMs !== null && (await ledger.noteLate(name, null)))
      emit({ type: 'feed no longer late', level: 'info', ...facts, since });
    const ageS = Math.round((nowMs - feed.sinceMs) / 1000);
    emit({ type: 'feed watched', level: 'info', dataset: name, isLate, ageS });
  }
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
