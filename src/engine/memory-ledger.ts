import {
  checkpointChunk,
  type ChunkState,
  claimChunk,
  newChunk,
  endLease,
} from '../core/imports/chunk-transitions.ts';
import type { Feed } from '../core/imports/feed.ts';
import { hasEnded, type ImportRecord, type Lease, type ObjectKey } from '../core/imports/import.ts';
import {
  changedImport,
  type ImportChange,
  importChanges,
  newImport,
  withChunkCounted,
  withWarnings,
} from '../core/imports/import-transitions.ts';
import { clearKey, keyRecord, type KeyState, takeKey } from '../core/imports/key-transitions.ts';
import { countsUnbalanced, importUnknown } from '../core/imports/ledger-error.ts';
import { isSameTurn, noTurn, type Place, type Turn } from '../core/imports/order.ts';
import { noRepairs, type Repairs, withRepairs } from '../core/imports/repairs.ts';
import type { Ledger } from '../core/ports.ts';

/**
 * The ledger in memory: the transitions of `core/imports` over maps, each method in one step. `check` and the simulator run on it, and the
 * conformance suites compare the real ledgers with it.
 */
export function memoryLedger(): Ledger {
  const imports = new Map<string, ImportRecord>();
  const chunks = new Map<string, ChunkState[]>();
  const keys = new Map<string, KeyState>();
  const datasets = new Map<string, string>();
  const places = new Map<string, Place[]>();
  const turns = new Map<string, Turn>();
  const feeds = new Map<string, Feed>();
  const repairs = new Map<string, Repairs>();

  return {
    async register(registration, ranges) {
      const known = imports.get(registration.id);
      if (known !== undefined) return { record: known, isNew: false };
      const record = newImport(registration, ranges.length);
      imports.set(record.id, record);
      chunks.set(
        record.id,
        ranges.map((range, index) => newChunk(record.id, index, range)),
      );
      return { record, isNew: true };
    },

    async keepDataset(digest, text) {
      if (!datasets.has(digest)) datasets.set(digest, text);
    },

    async readDataset(digest) {
      return datasets.get(digest) ?? null;
    },

    async takeKey(object, importId) {
      const taken = takeKey(keys.get(nameOf(object)) ?? null, importId, object.sequencer);
      keys.set(nameOf(object), taken);
      return keyRecord(taken);
    },

    async readKey(object) {
      const known = keys.get(nameOf(object));
      return known === undefined ? null : keyRecord(known);
    },

    async clearKey(object, importId) {
      const known = keys.get(nameOf(object));
      if (known !== undefined) keys.set(nameOf(object), clearKey(known, importId));
    },

    async takePlace(dataset, place) {
      const known = places.get(dataset) ?? [];
      if (known.some((one) => one.place === place.place)) return;
      places.set(
        dataset,
        [...known, place].sort((a, b) => (a.place < b.place ? -1 : 1)),
      );
    },

    async nextPlace(dataset, after) {
      return places.get(dataset)?.find(({ place }) => place > after) ?? null;
    },

    async lastPlace(dataset) {
      return places.get(dataset)?.at(-1) ?? null;
    },

    async readTurn(dataset) {
      return turns.get(dataset) ?? noTurn;
    },

    async changeTurn(dataset, from, to) {
      const known = turns.get(dataset) ?? noTurn;
      if (known.serial !== from.serial) return isSameTurn(known, to);
      turns.set(dataset, to);
      return true;
    },

    async expectFeed(dataset, every, nowMs) {
      const known = feeds.get(dataset);
      const feed = { dataset, sinceMs: nowMs, hasArrived: false, lateSinceMs: null, ...known, every };
      feeds.set(dataset, feed);
      return feed;
    },

    async noteArrival(dataset, every, atMs) {
      const known = feeds.get(dataset) ?? {
        dataset,
        every,
        lateSinceMs: null,
        hasArrived: false,
        sinceMs: 0,
      };
      if (known.hasArrived && known.sinceMs >= atMs) return;
      feeds.set(dataset, { ...known, sinceMs: atMs, hasArrived: true });
    },

    async noteLate(dataset, lateSinceMs) {
      const known = feeds.get(dataset);
      if (known === undefined || (known.lateSinceMs === null) === (lateSinceMs === null)) return false;
      feeds.set(dataset, { ...known, lateSinceMs });
      return true;
    },

    async listFeeds() {
      return [...feeds.values()].sort((a, b) => (a.dataset < b.dataset ? -1 : 1));
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

    async claim(lease, terms) {
      const answer = claimChunk(find(lease), lease, terms);
      if (answer.kind === 'claimed') store(lease, { record: answer.chunk, lastOwner: lease.owner });
      return answer;
    },

    begin: async (importId, nowMs) => change(importId, importChanges.begin(nowMs)),
    mark: async (importId, status, failure) => change(importId, importChanges.mark(status, failure)),
    noteFailure: async (importId, failure) => change(importId, importChanges.noteFailure(failure)),
    move: async (importId, place) => change(importId, importChanges.move(place)),
    noteWatch: async (importId, watch) => change(importId, importChanges.noteWatch(watch)),

    async checkpoint(lease, checkpoint, untilMs) {
      store(lease, checkpointChunk(find(lease), lease, checkpoint, untilMs));
    },

    async release(lease, checkpoint, epoch) {
      store(lease, endLease(find(lease), lease, checkpoint, { finished: false, epoch }));
    },

    async finishChunk(lease, checkpoint) {
      store(lease, endLease(find(lease), lease, checkpoint, { finished: true }));
    },

    async countChunk(importId, chunk, counts, units) {
      const record = imports.get(importId);
      if (record === undefined) throw importUnknown(importId);
      const counted = withChunkCounted(record, chunk, counts, units);
      imports.set(importId, counted);
      return counted;
    },

    async end(importId, end) {
      change(importId, importChanges.end(end));
      const record = imports.get(importId);
      if (record === undefined) throw importUnknown(importId);
      if (!hasEnded(record.status)) throw countsUnbalanced(record);
      return record;
    },

    async warn(importId, warnings) {
      const record = imports.get(importId);
      if (record !== undefined) imports.set(importId, withWarnings(record, warnings));
    },

    noteRepairOf: async (importId, repairOf) => change(importId, importChanges.noteRepairOf(repairOf)),

    async addRepairs(importId, lines) {
      repairs.set(importId, withRepairs(repairs.get(importId) ?? noRepairs, lines));
    },

    async readRepairs(importId) {
      return repairs.get(importId) ?? noRepairs;
    },

    close: async (importId) => change(importId, importChanges.close()),
  };

  function change(importId: string, change: ImportChange): void {
    const record = imports.get(importId);
    const changed = record === undefined ? null : changedImport(record, change);
    if (changed !== null) imports.set(importId, changed);
  }

  function find(lease: Lease): ChunkState | null {
    return chunks.get(lease.importId)?.[lease.chunk] ?? null;
  }

  function store(lease: Lease, state: ChunkState): void {
    chunks.get(lease.importId)![lease.chunk] = state;
  }
}

function nameOf({ bucket, key }: ObjectKey): string {
  return `${bucket}/${key}`;
}

function compareAge(a: ImportRecord, b: ImportRecord): number {
  return a.queuedAtMs - b.queuedAtMs || (a.id < b.id ? -1 : Number(a.id > b.id));
}
