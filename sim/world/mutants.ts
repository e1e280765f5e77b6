import { WRITTEN } from '../../src/core/settle/ahead.ts';
import { noCounts } from '../../src/core/imports/counts.ts';
import {
  copyOf,
  edited,
  hasty,
  keepLeases,
  readBeforeClaim,
  rejectsBehindCheckpoint,
  sendLater,
  staleAhead,
  unlessLost,
  withAhead,
  withCheckpoints,
  withClock,
  withLedger,
  withQueue,
  withTable,
} from './mutations.ts';
import type { Invariant } from './violation.ts';
import type { Mutant } from './function-process.ts';

export type NamedMutant = Mutant & {
  readonly name: string;
  /** A world that catches it. */
  readonly seed: number;
  /** Any of these may be the first to be violated; the first is what `seed` shows. */
  readonly caughtBy: readonly Invariant[];
};

/** Longer than any lease. */
const LONG_MS = 365 * 86_400_000;

/**
 * Engines that are built wrongly, one mistake each: by what stands between the real engine and its ports, so that there is no
 * switch for it in the engine. A simulator that doesn't catch one of them doesn't check what it says it checks.
 */
export const mutants: readonly NamedMutant[] = [
  {
    name: 'a lease is taken whoever has it',
    seed: 31,
    caughtBy: ['one-lease', 'lease-held'],
    ports: withLedger((ledger) => ({
      claim: (lease, terms) => ledger.claim(lease, { ...terms, nowMs: terms.nowMs + LONG_MS }),
    })),
  },
  {
    name: 'a lost lease is taken no notice of',
    seed: 315,
    caughtBy: [
      'lease-held',
      'import-ends',
      'message-kept',
      'rows-in-order',
      'rejects-once',
      'settled-is-there',
    ],
    ports: withLedger((ledger) => ({
      checkpoint: (...args) => ledger.checkpoint(...args).catch(unlessLost),
      release: (...args) => ledger.release(...args).catch(unlessLost),
      finishChunk: (...args) => ledger.finishChunk(...args).catch(unlessLost),
    })),
  },
  {
    name: 'the lease is shorter than the loader believes: it sends until its end, and behind it',
    seed: 36,
    caughtBy: ['lease-held'],
    ports: withLedger((ledger) => ({
      claim: (lease, terms) => ledger.claim(lease, { ...terms, untilMs: terms.untilMs - 50_000 }),
      checkpoint: (lease, checkpoint, untilMs) => ledger.checkpoint(lease, checkpoint, untilMs - 50_000),
    })),
  },
  {
    name: 'a lease is looked up on the wall clock only, which may be set back',
    seed: 314,
    caughtBy: ['lease-held'],
    // The first look is where time is counted from by the monotonic clock: from then on it is far behind.
    ports: withClock((clock) => {
      let looks = 0;
      return { now: () => clock.now() - (looks++ === 0 ? 600_000 : 0) };
    }),
  },
  {
    name: 'a lease is looked up on the monotonic clock only, which stands still while the machine is suspended',
    seed: 491,
    caughtBy: ['lease-held'],
    ports: withClock((clock) => {
      const bootedMs = clock.now() - clock.monotonic();
      return { now: () => bootedMs + clock.monotonic() };
    }),
  },
  {
    name: 'a lease survives the invocation that claimed it: the next one in the process works on with it',
    seed: 38,
    caughtBy: ['lease-held', 'epoch-in-force'],
    ports: withLedger(keepLeases),
  },
  {
    name: 'the epoch of a message is ignored',
    seed: 876,
    caughtBy: ['epoch-in-force'],
    ports: withLedger((ledger) => ({
      claim: async (lease, terms) => {
        const answer = await ledger.claim(lease, terms);
        if (answer.kind !== 'stale') return answer;
        const chunks = await ledger.readChunks(lease.importId);
        return ledger.claim(lease, { ...terms, epoch: chunks[lease.chunk]!.epoch });
      },
    })),
  },
  {
    name: 'the import and its key are read before the claim',
    seed: 1353,
    caughtBy: ['newest-wins', 'table-is-fold', 'settled-is-there'],
    ports: withLedger(readBeforeClaim),
  },
  {
    name: 'the older of two versions may take the key',
    seed: 6,
    caughtBy: ['newest-wins', 'table-is-fold', 'import-ends'],
    ports: withLedger((ledger) => ({
      takeKey: async (object, importId, nowMs) => ({
        ...(await ledger.takeKey(object, importId, nowMs)),
        importId,
      }),
      readKey: async () => null,
    })),
  },
  {
    name: 'a newer version begins before the older has stopped',
    seed: 524,
    caughtBy: ['newest-wins', 'table-is-fold'],
    ports: withLedger((ledger) => ({
      readKey: async (object) => {
        const key = await ledger.readKey(object);
        return key === null ? null : { ...key, previous: [] };
      },
    })),
  },
  {
    name: 'the checkpoint comes before the rejects',
    seed: 3,
    caughtBy: ['rows-conserved', 'settled-is-there', 'rejects-once'],
    ports: rejectsBehindCheckpoint,
  },
  {
    name: 'a reject file of a dead loader is left when the range has none',
    seed: 3806,
    caughtBy: ['rejects-once', 'rows-conserved'],
    ports: withLedger((ledger) => ({
      claim: async (lease, terms) => {
        const answer = await ledger.claim(lease, terms);
        return answer.kind === 'claimed' ? { ...answer, takenOver: false } : answer;
      },
    })),
  },
  {
    name: 'rejects are kept under a new name each time',
    seed: 92,
    caughtBy: ['rejects-once', 'rows-conserved'],
    ports: (ports) => ({
      ...ports,
      results: {
        put: (name, ...rest) => {
          const other = name.replace('.csv', `-${Math.floor(ports.clock.random() * 1e6)}.csv`);
          return ports.results.put(name.startsWith('rejects/') ? other : name, ...rest);
        },
      },
    }),
  },
  {
    name: 'what the table holds back counts as written',
    seed: 11,
    caughtBy: ['settled-is-there'],
    ports: withTable((table) => ({
      write: async (items) => {
        const outcome = await table.write(items);
        return outcome.kind === 'refused' ? outcome : { ...outcome, held: [], reason: null };
      },
    })),
  },
  {
    name: 'items count as written when they are sent',
    seed: 4,
    caughtBy: ['settled-is-there', 'rows-in-order', 'no-afterlife', 'table-is-fold'],
    ports: withTable((table) => ({
      write: async (items) => {
        void table.write(items.map(copyOf)).catch(() => undefined);
        return { kind: 'answered', held: [], reason: null, units: items.length };
      },
    })),
  },
  {
    name: 'after a time-out there is no rest: the old row may land on a newer',
    seed: 37,
    caughtBy: ['rows-in-order', 'settled-is-there', 'table-is-fold', 'lease-held'],
    ports: withTable((table) => ({
      write: async (items) => {
        const outcome = await table.write(items);
        if (outcome.kind === 'refused' || outcome.reason !== 'unavailable') return outcome;
        return { ...outcome, reason: 'key-range' };
      },
    })),
  },
  {
    name: 'a superseded row counts as written',
    seed: 12,
    caughtBy: ['rows-conserved'],
    ports: withCheckpoints(({ counts, ...rest }) => ({
      ...rest,
      counts: { ...counts, written: counts.written + counts.superseded, superseded: 0 },
    })),
  },
  {
    name: 'the counts begin anew with each loader',
    seed: 12,
    caughtBy: ['rows-conserved'],
    ports: withLedger((ledger) => ({
      claim: async (lease, terms) => {
        const answer = await ledger.claim(lease, terms);
        if (answer.kind !== 'claimed') return answer;
        const checkpoint = { ...answer.chunk.checkpoint, counts: noCounts };
        return { ...answer, chunk: { ...answer.chunk, checkpoint } };
      },
    })),
  },
  {
    name: 'the checkpoint runs a few bytes ahead',
    seed: 5,
    caughtBy: ['rows-conserved'],
    ports: withCheckpoints(({ offsetBytes, ...rest }) => ({ ...rest, offsetBytes: offsetBytes + 3 })),
  },
  {
    name: 'items beyond a checkpoint count as written whatever has become of them',
    seed: 12,
    caughtBy: ['ahead-holds'],
    ports: withAhead((fates) => fates.map(() => WRITTEN)),
  },
  {
    name: 'items beyond a checkpoint are numbered from the one behind it',
    seed: 12,
    caughtBy: ['ahead-holds'],
    ports: withAhead((fates) => fates.slice(1)),
  },
  {
    name: 'what is said of the items beyond a checkpoint stays when the checkpoint goes on',
    seed: 11,
    caughtBy: ['ahead-holds', 'nothing-twice'],
    ports: staleAhead,
  },
  {
    name: 'a hand-over does not say what it has written beyond its checkpoint',
    seed: 19,
    caughtBy: ['nothing-twice'],
    ports: withLedger((ledger) => ({
      release: (lease, checkpoint, epoch) =>
        ledger.release(lease, { ...checkpoint, ahead: undefined }, epoch),
    })),
  },
  {
    name: 'what a hand-over says of the items beyond its checkpoint is not heeded',
    seed: 16,
    caughtBy: ['nothing-twice'],
    ports: withLedger((ledger) => ({
      claim: async (lease, terms) => {
        const answer = await ledger.claim(lease, terms);
        if (answer.kind !== 'claimed') return answer;
        const checkpoint = { ...answer.chunk.checkpoint, ahead: undefined };
        return { ...answer, chunk: { ...answer.chunk, checkpoint } };
      },
    })),
  },
  {
    name: 'a message is acknowledged although its load failed',
    seed: 3,
    caughtBy: ['message-kept', 'import-ends'],
    pipeline: (pipeline) => ({
      ...pipeline,
      load: (message, options) =>
        pipeline.load(message, options).catch(() => ({ kind: 'dropped', reason: 'it failed' })),
    }),
  },
  {
    name: 'the rest is never queued',
    seed: 8,
    caughtBy: ['message-kept', 'import-ends'],
    ports: withQueue((queue) => ({
      send: async (message, delayMs) => {
        if (message.epoch === 0) await queue.send(message, delayMs);
      },
    })),
  },
  {
    name: 'what is parked comes back at once',
    seed: 19,
    caughtBy: ['billing-bound'],
    ports: withQueue((queue) => ({ send: (message) => queue.send(message, 0) })),
  },
  {
    name: 'an event that comes again after a crash queues nothing',
    seed: 2,
    caughtBy: ['import-ends', 'message-kept'],
    ports: withLedger((ledger) => ({
      register: async (...args) => {
        const answer = await ledger.register(...args);
        return answer.isNew
          ? answer
          : { ...answer, record: { ...answer.record, status: 'done', isOpen: false } };
      },
    })),
  },
  {
    name: 'an event that comes again when some of the chunks are loading queues nothing',
    seed: 203,
    caughtBy: ['import-ends', 'message-kept'],
    ports: withLedger((ledger) => ({
      register: async (...args) => {
        const answer = await ledger.register(...args);
        if (answer.record.status === 'queued') return answer;
        return { ...answer, record: { ...answer.record, status: 'done', isOpen: false } };
      },
    })),
  },
  {
    name: 'only the chunks that are queued first are loaded',
    seed: 10,
    caughtBy: ['message-kept', 'import-ends'],
    ports: (ports) => {
      let isLoad = false;
      return {
        ...ports,
        ledger: {
          ...ports.ledger,
          claim: (...args) => {
            isLoad = true;
            return ports.ledger.claim(...args);
          },
        },
        queue: {
          ...ports.queue,
          send: async (message, delayMs) => {
            if (!isLoad || message.epoch > 0) await ports.queue.send(message, delayMs);
          },
        },
      };
    },
  },
  {
    name: 'a message whose lease was lost is acknowledged',
    seed: 739,
    caughtBy: ['message-kept', 'import-ends'],
    pipeline: (pipeline) => ({
      ...pipeline,
      load: async (message, options) => {
        const outcome = await pipeline.load(message, options);
        return outcome.kind === 'lost' ? { kind: 'dropped', reason: 'the lease was lost' } : outcome;
      },
    }),
  },
  {
    name: 'a lane sends on before its last request has been answered',
    seed: 12,
    caughtBy: ['rows-in-order', 'no-afterlife', 'lease-held', 'settled-is-there'],
    ports: (ports) => ({
      ...ports,
      table: (dataset) => {
        const table = ports.table(dataset);
        return { ...table, write: hasty(table, ports.clock) };
      },
    }),
  },
  {
    name: 'numbers are written as strings',
    seed: 1,
    caughtBy: ['table-is-fold'],
    ports: withTable((table) => ({
      write: (items) => table.write(items.map((item) => edited(item, '{"N":', '{"S":'))),
    })),
  },
  {
    name: 'the rest is queued behind the answer',
    seed: 1,
    caughtBy: ['no-afterlife'],
    ports: (ports) => ({
      ...ports,
      queue: {
        ...ports.queue,
        send: async (...message) => {
          void sendLater(ports, message);
        },
      },
    }),
  },
  {
    name: 'the rejects are left out where chunks are counted together',
    seed: 3,
    caughtBy: ['no-surprise'],
    ports: withLedger((ledger) => ({
      countChunk: (importId, chunk, counts, units) =>
        ledger.countChunk(importId, chunk, { ...counts, rejected: 0 }, units),
    })),
  },
  {
    name: 'the end is told only by the loader that ended the import: it is closed before',
    seed: 5,
    caughtBy: ['end-told'],
    ports: withLedger((ledger) => ({
      end: async (importId, end) => {
        const record = await ledger.end(importId, end);
        if (record.isOpen) await ledger.close(importId);
        return record;
      },
    })),
  },
  {
    name: 'a message that is done with comes again',
    seed: 7,
    caughtBy: ['message-kept'],
    pipeline: (pipeline) => ({
      ...pipeline,
      load: async (message, options) => {
        const outcome = await pipeline.load(message, options);
        if (outcome.kind === 'dropped' || outcome.kind === 'finished') return { kind: 'lost' };
        return outcome;
      },
    }),
  },
];
