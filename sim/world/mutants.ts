import { copyOf } from '../operation.ts';
import { WRITTEN } from '../../src/core/settle/ahead.ts';
import { noCounts } from '../../src/core/imports/counts.ts';
import { placeOf } from '../../src/core/imports/order.ts';
import {
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
  /** Any of these may be violated first; `seed` shows the first of them. */
  readonly caughtBy: readonly Invariant[];
};

/** Longer than any lease. */
const LONG_MS = 365 * 86_400_000;

/**
 * Wrong builds of the engine, with one fault each. A layer between the real engine and its ports makes the fault, so that the engine
 * needs no switch for it. A simulator that does not catch a mutant does not check what it claims to check.
 */
export const mutants: readonly NamedMutant[] = [
  {
    name: 'a lease is claimed even if another loader holds it',
    seed: 31,
    caughtBy: ['one-lease', 'lease-held'],
    ports: withLedger((ledger) => ({
      claim: (lease, terms) => ledger.claim(lease, { ...terms, nowMs: terms.nowMs + LONG_MS }),
    })),
  },
  {
    name: 'a lost lease is ignored',
    seed: 315,
    caughtBy: [
      'lease-held',
      'import-ends',
      'message-kept',
      'rows-in-order',
      'rejects-once',
      'settled-is-stored',
    ],
    ports: withLedger((ledger) => ({
      checkpoint: (...args) => ledger.checkpoint(...args).catch(unlessLost),
      release: (...args) => ledger.release(...args).catch(unlessLost),
      finishChunk: (...args) => ledger.finishChunk(...args).catch(unlessLost),
    })),
  },
  {
    name: 'the lease is shorter than the loader expects: it sends until and after its end',
    seed: 29,
    caughtBy: ['lease-held'],
    ports: withLedger((ledger) => ({
      claim: (lease, terms) => ledger.claim(lease, { ...terms, untilMs: terms.untilMs - 50_000 }),
      checkpoint: (lease, checkpoint, untilMs) => ledger.checkpoint(lease, checkpoint, untilMs - 50_000),
    })),
  },
  {
    name: 'a lease is checked on the wall clock only, which may be set back',
    seed: 314,
    caughtBy: ['lease-held'],
    // The first reading is the start of the time that the monotonic clock counts: after it the wall clock is far behind.
    ports: withClock((clock) => {
      let looks = 0;
      return { now: () => clock.now() - (looks++ === 0 ? 600_000 : 0) };
    }),
  },
  {
    name: 'a lease is checked on the monotonic clock only, which stops while the machine is suspended',
    seed: 491,
    caughtBy: ['lease-held'],
    ports: withClock((clock) => {
      const bootedMs = clock.now() - clock.monotonic();
      return { now: () => bootedMs + clock.monotonic() };
    }),
  },
  {
    name: 'a lease survives its invocation: the next invocation in the process uses it',
    seed: 38,
    caughtBy: ['lease-held', 'epoch-is-current'],
    ports: withLedger(keepLeases),
  },
  {
    name: 'the epoch of a message is ignored',
    seed: 876,
    caughtBy: ['epoch-is-current'],
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
    caughtBy: ['newest-wins', 'table-equals-files', 'settled-is-stored'],
    ports: withLedger(readBeforeClaim),
  },
  {
    name: 'the older of two versions may replace the newer in the record of the key',
    seed: 6,
    caughtBy: ['newest-wins', 'table-equals-files', 'import-ends'],
    ports: withLedger((ledger) => ({
      takeKey: async (object, importId, nowMs) => ({
        ...(await ledger.takeKey(object, importId, nowMs)),
        importId,
      }),
      readKey: async () => null,
    })),
  },
  {
    name: 'a newer version starts before the older has stopped',
    seed: 230,
    caughtBy: ['newest-wins', 'table-equals-files'],
    ports: withLedger((ledger) => ({
      readKey: async (object) => {
        const key = await ledger.readKey(object);
        return key === null ? null : { ...key, previous: [] };
      },
    })),
  },
  {
    name: 'the checkpoint is written before the rejects',
    seed: 3,
    caughtBy: ['rows-conserved', 'settled-is-stored', 'rejects-once'],
    ports: rejectsBehindCheckpoint,
  },
  {
    name: 'the reject file of a dead loader stays when the new range has no rejects',
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
    name: 'reject files get a new name each time',
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
    name: 'unprocessed items count as written',
    seed: 11,
    caughtBy: ['settled-is-stored'],
    ports: withTable((table) => ({
      write: async (items) => {
        const outcome = await table.write(items);
        return { ...outcome, held: [], reason: null };
      },
    })),
  },
  {
    name: 'items count as written when they are sent',
    seed: 4,
    caughtBy: ['settled-is-stored', 'rows-in-order', 'no-work-after-return', 'table-equals-files'],
    ports: withTable((table) => ({
      write: async (items) => {
        void table.write(items.map(copyOf)).catch(() => undefined);
        return { held: [], reason: null, units: items.length };
      },
    })),
  },
  {
    name: 'a lane does not pause after a timeout: an old row may replace a newer one',
    seed: 37,
    caughtBy: ['rows-in-order', 'settled-is-stored', 'table-equals-files', 'lease-held'],
    ports: withTable((table) => ({
      write: async (items) => {
        const outcome = await table.write(items);
        if (outcome.reason !== 'unavailable') return outcome;
        return { ...outcome, reason: 'key-range' };
      },
    })),
  },
  {
    name: 'a superseded row counts as written',
    seed: 11,
    caughtBy: ['rows-conserved'],
    ports: withCheckpoints(({ counts, ...rest }) => ({
      ...rest,
      counts: { ...counts, written: counts.written + counts.superseded, superseded: 0 },
    })),
  },
  {
    name: 'the counts start at zero with each loader',
    seed: 11,
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
    name: 'the checkpoint is a few bytes too far',
    seed: 5,
    caughtBy: ['rows-conserved'],
    ports: withCheckpoints(({ offsetBytes, ...rest }) => ({ ...rest, offsetBytes: offsetBytes + 3 })),
  },
  {
    name: 'all items beyond a checkpoint count as written',
    seed: 12,
    caughtBy: ['ahead-is-true'],
    ports: withAhead((fates) => fates.map(() => WRITTEN)),
  },
  {
    name: 'the record of items beyond a checkpoint lacks the first item',
    seed: 12,
    caughtBy: ['ahead-is-true'],
    ports: withAhead((fates) => fates.slice(1)),
  },
  {
    name: 'the record of items beyond a checkpoint stays the same when the offset changes',
    seed: 11,
    caughtBy: ['ahead-is-true', 'nothing-twice'],
    ports: staleAhead,
  },
  {
    name: 'a hand-over does not record what is written beyond its checkpoint',
    seed: 19,
    caughtBy: ['nothing-twice'],
    ports: withLedger((ledger) => ({
      release: (lease, checkpoint, epoch) =>
        ledger.release(lease, { ...checkpoint, ahead: undefined }, epoch),
    })),
  },
  {
    name: 'a loader ignores the record of items beyond the checkpoint',
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
    name: 'no message is queued for the rest of a chunk',
    seed: 4,
    caughtBy: ['message-kept', 'import-ends'],
    ports: withQueue((queue) => ({
      send: async (message, delayMs) => {
        if (message.epoch === 0) await queue.send(message, delayMs);
      },
    })),
  },
  {
    name: 'a parked chunk gets a message without delay',
    seed: 19,
    caughtBy: ['billing-bound'],
    ports: withQueue((queue) => ({ send: (message) => queue.send(message, 0) })),
  },
  {
    name: 'an event that is repeated after a crash queues nothing',
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
    name: 'an event that is repeated while some chunks are loading queues nothing',
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
    name: 'a finished chunk does not queue the next one',
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
    name: 'a lane sends its next request before the last one is answered',
    seed: 12,
    caughtBy: ['rows-in-order', 'no-work-after-return', 'lease-held', 'settled-is-stored'],
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
    caughtBy: ['table-equals-files'],
    ports: withTable((table) => ({
      write: (items) => table.write(items.map((item) => edited(item, '{"N":', '{"S":'))),
    })),
  },
  {
    name: 'the message for the rest is sent after the invocation has returned',
    seed: 1,
    caughtBy: ['no-work-after-return'],
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
    name: 'the counts of an import do not include the rejects of its chunks',
    seed: 3,
    caughtBy: ['no-unexpected-failure'],
    ports: withLedger((ledger) => ({
      countChunk: (importId, chunk, counts, units) =>
        ledger.countChunk(importId, chunk, { ...counts, rejected: 0 }, units),
    })),
  },
  {
    name: 'an import is closed before its end is reported',
    seed: 5,
    caughtBy: ['end-reported'],
    ports: withLedger((ledger) => ({
      end: async (importId, end) => {
        const record = await ledger.end(importId, end);
        if (record.isOpen) await ledger.close(importId);
        return record;
      },
    })),
  },
  {
    name: 'a message that needs no more work is not acknowledged',
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
  {
    name: 'files are loaded as their events come, though the dataset loads them in order',
    seed: 4,
    caughtBy: ['files-in-order', 'table-equals-files', 'settled-is-stored', 'newest-wins'],
    ports: withLedger((ledger) => ({
      register: (registration, chunks) => ledger.register({ ...registration, place: null }, chunks),
    })),
  },
  {
    name: 'files are loaded in the order of their events, not of their uploads',
    seed: 4,
    caughtBy: ['files-in-order', 'table-equals-files', 'settled-is-stored', 'newest-wins'],
    ports: withLedger((ledger) => ({
      register: ({ place, ...registration }, chunks) => {
        const { id, queuedAtMs } = registration;
        const other = place === null || place === undefined ? null : placeOf(queuedAtMs, null, id);
        return ledger.register({ ...registration, place: other }, chunks);
      },
    })),
  },
];
