import type { Ledger } from '../../src/core/ports.ts';
import type { LedgerWatch } from './ledger-watch.ts';

/** The modelled ledger: the watch sees each change after the call that made it. */
export function watchedLedger(ledger: Ledger, watch: LedgerWatch): Ledger {
  return {
    ...ledger,

    async register(record, ranges) {
      const answer = await ledger.register(record, ranges);
      watch.registered(record.id, ranges);
      return answer;
    },

    async claim(lease, terms) {
      const answer = await ledger.claim(lease, terms);
      if (answer.kind === 'claimed') watch.claimed(lease, terms, answer.chunk.checkpoint);
      return answer;
    },

    async checkpoint(lease, checkpoint, untilMs) {
      await ledger.checkpoint(lease, checkpoint, untilMs);
      watch.checkpointed(lease, checkpoint, untilMs);
    },

    async release(lease, checkpoint, epoch) {
      await ledger.release(lease, checkpoint, epoch);
      watch.released(lease, checkpoint, epoch);
    },

    async finishChunk(lease, checkpoint) {
      await ledger.finishChunk(lease, checkpoint);
      watch.finished(lease, checkpoint);
    },

    async end(importId, end) {
      const record = await ledger.end(importId, end);
      if (end.status === 'done' && record.status === 'done') watch.done(importId, end.counts);
      return record;
    },
  };
}
