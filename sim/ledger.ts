import { addCounts, noCounts, sameCounts } from '../src/core/settle/counts.ts';
import {
  type ChunkRecord,
  hasEnded,
  type ImportRecord,
  keptFailure,
  sameCheckpoint,
  sequencerOrder,
} from '../src/core/imports/import.ts';
import { countsUnbalanced, importUnknown, leaseLost } from '../src/core/imports/ledger-error.ts';
import { joinedWarnings } from '../src/core/imports/warning.ts';
import type { KeyRecord, Lease, Ledger, ObjectKey } from '../src/core/ports.ts';

type Chunk = { record: ChunkRecord; lastOwner: string | null };

/** The ledger's contract in memory, each method in one step: what the real ones are compared with, and what the simulator runs on. */
export function simLedger(): Ledger {
  const imports = new Map<string, ImportRecord>();
  const chunks = new Map<string, Chunk[]>();
  const keys = new Map<string, KeyRecord & { readonly order: string }>();
  const datasets = new Map<string, string>();

  return {
    async register(record, ranges) {
      const known = imports.get(record.id);
      if (known !== undefined) return { record: known, isNew: false };
      const added: ImportRecord = {
        ...record,
        status: 'queued',
        chunkCount: ranges.length,
        finishedChunks: [],
        counts: noCounts,
        units: 0,
        startedAtMs: null,
        endedAtMs: null,
        failure: null,
        lastFailure: null,
        isOpen: true,
        warnings: [],
        watch: null,
      };
      imports.set(record.id, added);
      const begun = ranges.map(({ startBytes, endBytes, startLine }, index): Chunk => {
        const checkpoint = { offsetBytes: startBytes, line: startLine, counts: noCounts, units: 0 };
        const chunk = { importId: record.id, index, startBytes, endBytes, checkpoint, epoch: 0 };
        return { record: { ...chunk, lease: null, finished: false }, lastOwner: null };
      });
      chunks.set(record.id, begun);
      return { record: added, isNew: true };
    },

    async keepDataset(digest, text) {
      if (!datasets.has(digest)) datasets.set(digest, text);
    },

    async readDataset(digest) {
      return datasets.get(digest) ?? null;
    },

    async takeKey(object, importId) {
      const order = sequencerOrder(object.sequencer);
      const known = keys.get(nameOf(object));
      if (known === undefined) {
        keys.set(nameOf(object), { importId, previous: [], order });
      } else if (known.importId !== importId && known.order < order) {
        keys.set(nameOf(object), { importId, previous: [known.importId, ...known.previous], order });
      }
      return keyRecord(keys.get(nameOf(object))!);
    },

    async readKey(object) {
      const known = keys.get(nameOf(object));
      return known === undefined ? null : keyRecord(known);
    },

    async clearKey(object, importId) {
      const known = keys.get(nameOf(object));
      if (known?.importId === importId) keys.set(nameOf(object), { ...known, previous: [] });
    },

    async readImport(importId) {
      return imports.get(importId) ?? null;
    },

    async readChunks(importId) {
      return (chunks.get(importId) ?? []).map(({ record }) => record);
    },

    async listImports(dataset, limit) {
      return [...imports.values()]
        .filter((record) => dataset === null || record.dataset === dataset)
        .sort((a, b) => b.queuedAtMs - a.queuedAtMs)
        .slice(0, limit);
    },

    async listOpen(limit, after) {
      const open = [...imports.values()].filter(({ isOpen }) => isOpen).sort(compareAge);
      return open.filter((record) => after === null || compareAge(record, after) > 0).slice(0, limit);
    },

    async claim(lease, { epoch, nowMs, untilMs }) {
      const chunk = find(lease);
      if (chunk === undefined) return { kind: 'unknown' };
      const { record } = chunk;
      if (record.finished) return { kind: 'finished', chunk: record };
      if (record.epoch > epoch) return { kind: 'stale' };
      if (record.lease !== null && record.lease.owner !== lease.owner && record.lease.untilMs > nowMs) {
        return { kind: 'held', untilMs: record.lease.untilMs };
      }
      chunk.record = { ...record, epoch, lease: { owner: lease.owner, untilMs } };
      chunk.lastOwner = lease.owner;
      return { kind: 'claimed', chunk: chunk.record, takenOver: record.lease !== null };
    },

    async begin(importId, nowMs) {
      const record = imports.get(importId);
      if (record === undefined || record.status === 'stalled' || hasEnded(record.status)) return;
      const startedAtMs = record.startedAtMs ?? nowMs;
      imports.set(importId, { ...record, status: 'loading', startedAtMs, lastFailure: null });
    },

    async mark(importId, status, failure) {
      if (status === 'parked' && imports.get(importId)?.status === 'stalled') return;
      change(importId, { status, lastFailure: failure === null ? null : keptFailure(failure) });
    },

    async noteFailure(importId, failure) {
      change(importId, { lastFailure: keptFailure(failure) });
    },

    async noteWatch(importId, watch) {
      change(importId, { watch });
    },

    async checkpoint(lease, checkpoint, untilMs) {
      const chunk = held(lease);
      // What lands late changes nothing.
      const known = chunk.record.lease!;
      if (untilMs < known.untilMs) return;
      if (untilMs === known.untilMs && checkpoint.offsetBytes < chunk.record.checkpoint.offsetBytes) return;
      chunk.record = { ...chunk.record, checkpoint, lease: { owner: lease.owner, untilMs } };
    },

    async release(lease, checkpoint, epoch) {
      giveBack(lease, { checkpoint, lease: null, finished: false, epoch });
    },

    async finishChunk(lease, checkpoint) {
      giveBack(lease, { checkpoint, lease: null, finished: true });
    },

    async countChunk(importId, chunk, counts, units) {
      const record = imports.get(importId);
      if (record === undefined) throw importUnknown(importId);
      if (record.finishedChunks.includes(chunk)) return record;
      const counted: ImportRecord = {
        ...record,
        finishedChunks: [...record.finishedChunks, chunk].sort((a, b) => a - b),
        counts: addCounts(record.counts, counts),
        units: record.units + units,
      };
      imports.set(importId, counted);
      return counted;
    },

    async end(importId, end) {
      const record = imports.get(importId);
      if (record === undefined) throw importUnknown(importId);
      if (hasEnded(record.status)) return record;
      if (end.status === 'done') {
        const isComplete = record.finishedChunks.length === record.chunkCount;
        if (!isComplete || !sameCounts(record.counts, end.counts)) throw countsUnbalanced(record);
      }
      const failure = end.status === 'done' ? null : keptFailure(end.failure);
      const { status, atMs } = end;
      const ended = { ...record, status, endedAtMs: atMs, failure, lastFailure: null, watch: null };
      imports.set(importId, ended);
      return ended;
    },

    async warn(importId, warnings) {
      const record = imports.get(importId);
      if (record === undefined) return;
      imports.set(importId, { ...record, warnings: joinedWarnings(record.warnings, warnings) });
    },

    async close(importId) {
      const record = imports.get(importId);
      if (record !== undefined) imports.set(importId, { ...record, isOpen: false });
    },
  };

  /** Of an import that has not ended. */
  function change(importId: string, changes: Partial<ImportRecord>): void {
    const record = imports.get(importId);
    if (record !== undefined && !hasEnded(record.status)) imports.set(importId, { ...record, ...changes });
  }

  function find(lease: Lease): Chunk | undefined {
    return chunks.get(lease.importId)?.[lease.chunk];
  }

  function held(lease: Lease): Chunk {
    const chunk = find(lease);
    if (chunk?.record.lease?.owner !== lease.owner) throw leaseLost(lease, chunk?.record ?? null);
    return chunk;
  }

  function giveBack(
    lease: Lease,
    given: Pick<ChunkRecord, 'checkpoint' | 'lease' | 'finished'> & { epoch?: number },
  ): void {
    const chunk = find(lease);
    if (chunk !== undefined && isRepeated(chunk)) return;
    const { record } = held(lease);
    chunk!.record = { ...record, ...given };

    function isRepeated({ record, lastOwner }: Chunk): boolean {
      const isThere =
        record.lease === null &&
        record.finished === given.finished &&
        record.epoch === (given.epoch ?? record.epoch);
      return lastOwner === lease.owner && isThere && sameCheckpoint(record.checkpoint, given.checkpoint);
    }
  }
}

function nameOf({ bucket, key }: ObjectKey): string {
  return `${bucket}/${key}`;
}

function keyRecord({ importId, previous }: KeyRecord): KeyRecord {
  return { importId, previous };
}

function compareAge(a: ImportRecord, b: ImportRecord): number {
  return a.queuedAtMs - b.queuedAtMs || (a.id < b.id ? -1 : Number(a.id > b.id));
}
