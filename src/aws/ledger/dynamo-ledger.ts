import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Counts, noCounts } from '../../core/settle/counts.ts';
import {
  type Checkpoint,
  type ChunkRecord,
  type Failure,
  hasEnded,
  type ImportRecord,
  sameCheckpoint,
  type Watch,
} from '../../core/imports/import.ts';
import { countsUnbalanced, importUnknown, leaseLost } from '../../core/imports/ledger-error.ts';
import type { ChunkRange, ClaimAnswer, Lease, Ledger } from '../../core/ports.ts';
import type { Warning } from '../../core/imports/warning.ts';
import { dynamoDatasets } from '../dynamo-datasets.ts';
import { dynamoKeys } from './dynamo-keys.ts';
import { dynamoRecords, type Item, setting, valuesOf } from './dynamo-records.ts';
import {
  checkpointAttributes,
  chunkKey,
  chunksOf,
  countAttributes,
  FAILURE,
  failureAttributes,
  FEED,
  importKey,
  LAST_FAILURE,
  type NewImport,
  newChunkItem,
  newImportItem,
  numberOf,
  OPEN,
  planOf,
  readChunkItem,
  readImportItem,
  warningSet,
  WATCH,
  watchAttributes,
} from './ledger-item.ts';

/** Of imports that have ended, where nobody says otherwise. */
export const DEFAULT_RETENTION_DAYS = 90;
const DAY_S = 86_400;
/** A chunk's expiry is set when it is added or claimed, and nobody knows how long its import will take: not longer than this. */
const LONGEST_IMPORT_DAYS = 365;
/** Chunks added at once: few enough for a new table, and for the 50 connections of the SDK. */
const ADDED_AT_ONCE = 16;
/** How often a claim is tried that was refused by a state which had passed when it was read. */
const CLAIM_ATTEMPTS = 5;

const NOT_ENDED = '#status IN (:queued, :loading, :parked, :stalled)';
const notEnded: Item = {
  ':queued': { S: 'queued' },
  ':loading': { S: 'loading' },
  ':parked': { S: 'parked' },
  ':stalled': { S: 'stalled' },
};
const COUNTS = Object.keys(countAttributes(noCounts));
/** Every chunk is counted, and the sums are the given ones. */
const COUNTED = `attribute_exists(#finishedChunks) AND size(#finishedChunks) = #chunkCount AND ${COUNTS.map((name) => `#${name} = :${name}`).join(' AND ')}`;

/**
 * The ledger in a DynamoDB table with the keys `pk`, `sk` and the indexes `by-dataset`, `by-time`, `open`. Every change is one
 * conditional write; where the write is refused, the record as it then stood decides the answer. `listImports` and `listOpen`
 * may lag by a moment, for they read an index. Records of imports expire `retentionDays` after the import's end, by the attribute `expiresAt`; 0: never. Those of chunks and keys, which must outlive
 * any import that is still under way, expire a year later.
 */
export function dynamoLedger(options: {
  client: DynamoDBClient;
  table: string;
  retentionDays?: number;
}): Ledger {
  const records = dynamoRecords(options);
  const { retentionDays = DEFAULT_RETENTION_DAYS } = options;
  return {
    register,
    ...dynamoDatasets(records),
    ...dynamoKeys(records, (nowMs) => expiresAt(nowMs, LONGEST_IMPORT_DAYS)),
    readImport,
    readChunks,
    listImports,
    listOpen,
    claim,
    begin,
    mark,
    noteFailure,
    noteWatch,
    checkpoint,
    release,
    finishChunk,
    countChunk,
    end,
    warn,
    close,
  };

  async function register(
    record: NewImport,
    chunks: readonly ChunkRange[],
  ): Promise<{ record: ImportRecord; isNew: boolean }> {
    const item = newImportItem(record, chunks);
    if (await records.add(item)) {
      await addChunks(record, [...chunks.entries()]);
      return { record: readImportItem(item), isNew: true };
    }
    const known = (await records.get(importKey(record.id))) ?? item;
    const knownRecord = readImportItem(known);
    if (!hasEnded(knownRecord.status)) {
      const there = new Set((await readChunks(record.id)).map(({ index }) => index));
      const missing = [...planOf(known).entries()].filter(([index]) => !there.has(index));
      await addChunks(knownRecord, missing);
    }
    return { record: knownRecord, isNew: false };
  }

  async function addChunks(
    { id, queuedAtMs }: NewImport,
    chunks: readonly (readonly [number, ChunkRange])[],
  ): Promise<void> {
    const expiry = expiresAt(queuedAtMs, LONGEST_IMPORT_DAYS);
    for (let first = 0; first < chunks.length; first += ADDED_AT_ONCE) {
      const some = chunks.slice(first, first + ADDED_AT_ONCE);
      await Promise.all(
        some.map(([index, range]) => records.add({ ...newChunkItem(id, index, range), ...expiry })),
      );
    }
  }

  async function readImport(importId: string): Promise<ImportRecord | null> {
    const item = await records.get(importKey(importId));
    return item === null ? null : readImportItem(item);
  }

  async function readChunks(importId: string): Promise<readonly ChunkRecord[]> {
    const items = await records.query({
      condition: '#pk = :pk AND begins_with(#sk, :chunk)',
      values: chunksOf(importId),
    });
    return items.map((item) => readChunkItem(item).chunk);
  }

  async function listImports(dataset: string | null, limit: number): Promise<readonly ImportRecord[]> {
    const items = await records.query({
      ...(dataset === null
        ? { index: 'by-time', condition: '#feed = :feed', values: { ':feed': { S: FEED } } }
        : { index: 'by-dataset', condition: '#dataset = :dataset', values: { ':dataset': { S: dataset } } }),
      limit,
      descending: true,
    });
    return items.map(readImportItem);
  }

  async function listOpen(limit: number, after: ImportRecord | null): Promise<readonly ImportRecord[]> {
    const partition = { S: OPEN };
    const items = await records.query({
      index: 'open',
      condition: '#open = :open',
      values: { ':open': partition },
      limit,
      ...(after === null
        ? {}
        : { after: { ...importKey(after.id), open: partition, queuedAtMs: numberOf(after.queuedAtMs) } }),
    });
    return items.map(readImportItem);
  }

  async function claim(
    lease: Lease,
    terms: { epoch: number; nowMs: number; untilMs: number },
  ): Promise<ClaimAnswer> {
    const attributes: Item = {
      owner: { S: lease.owner },
      untilMs: numberOf(terms.untilMs),
      epoch: numberOf(terms.epoch),
      ...expiresAt(terms.nowMs, LONGEST_IMPORT_DAYS),
    };
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
      const { changed, item } = await records.change(chunkKey(lease.importId, lease.chunk), {
        update: `SET ${setting(attributes)}`,
        condition:
          '#finished = :false AND #epoch <= :epoch AND (attribute_not_exists(#untilMs) OR #untilMs <= :now OR #owner = :owner)',
        values: { ...valuesOf(attributes), ':now': numberOf(terms.nowMs), ':false': { BOOL: false } },
        answer: 'before',
      });
      if (item === null) return { kind: 'unknown' };
      const { chunk } = readChunkItem(item);
      if (changed) {
        const { chunk: claimed } = readChunkItem({ ...item, ...attributes });
        return { kind: 'claimed', chunk: claimed, takenOver: chunk.lease !== null };
      }
      if (chunk.finished) return { kind: 'finished', chunk };
      if (chunk.epoch > terms.epoch) return { kind: 'stale' };
      if (chunk.lease !== null && chunk.lease.owner !== lease.owner && chunk.lease.untilMs > terms.nowMs) {
        return { kind: 'held', untilMs: chunk.lease.untilMs };
      }
    }
    return { kind: 'held', untilMs: terms.nowMs };
  }

  async function begin(importId: string, nowMs: number): Promise<void> {
    await records.change(importKey(importId), {
      update: `SET #status = :loading, #startedAtMs = if_not_exists(#startedAtMs, :now) ${removing(LAST_FAILURE)}`,
      condition: `(#status IN (:queued, :parked) OR (#status = :loading AND attribute_exists(#${LAST_FAILURE[0]})))`,
      values: {
        ':queued': { S: 'queued' },
        ':parked': { S: 'parked' },
        ':loading': { S: 'loading' },
        ':now': numberOf(nowMs),
      },
    });
  }

  async function mark(
    importId: string,
    status: 'queued' | 'parked' | 'stalled',
    failure: Failure | null,
  ): Promise<void> {
    const attributes: Item = {
      status: { S: status },
      ...(failure === null ? {} : failureAttributes(LAST_FAILURE, failure)),
    };
    const { ':stalled': stalled, ...notStalled } = notEnded;
    await records.change(importKey(importId), {
      update: `SET ${setting(attributes)} ${failure === null ? removing(LAST_FAILURE) : ''}`,
      condition: status === 'parked' ? '#status IN (:queued, :loading, :parked)' : NOT_ENDED,
      values: {
        ...notStalled,
        ...(status === 'parked' ? {} : { ':stalled': stalled! }),
        ...valuesOf(attributes),
      },
    });
  }

  async function noteFailure(importId: string, failure: Failure): Promise<void> {
    const attributes = failureAttributes(LAST_FAILURE, failure);
    await records.change(importKey(importId), {
      update: `SET ${setting(attributes)}`,
      condition: NOT_ENDED,
      values: { ...notEnded, ...valuesOf(attributes) },
    });
  }

  async function noteWatch(importId: string, watch: Watch | null): Promise<void> {
    const attributes = watch === null ? {} : watchAttributes(watch);
    await records.change(importKey(importId), {
      update: watch === null ? removing(WATCH) : `SET ${setting(attributes)}`,
      condition: NOT_ENDED,
      values: { ...notEnded, ...valuesOf(attributes) },
    });
  }

  /** The lease's end tells which of an owner's checkpoints is the later one: what lands late, after a later one, changes nothing. */
  async function checkpoint(lease: Lease, checkpoint: Checkpoint, untilMs: number): Promise<void> {
    const attributes: Item = { untilMs: numberOf(untilMs), ...checkpointAttributes(checkpoint) };
    const { changed, item } = await records.change(chunkKey(lease.importId, lease.chunk), {
      update: `SET ${setting(attributes)}${checkpoint.ahead === undefined ? ' REMOVE #ahead' : ''}`,
      condition:
        '#owner = :owner AND (#untilMs < :untilMs OR (#untilMs = :untilMs AND #offsetBytes <= :offsetBytes))',
      values: { ...valuesOf(attributes), ':owner': { S: lease.owner } },
    });
    if (changed) return;
    const now = item === null ? null : readChunkItem(item).chunk;
    if (now?.lease?.owner !== lease.owner) throw leaseLost(lease, now);
  }

  async function release(lease: Lease, checkpoint: Checkpoint, epoch: number): Promise<void> {
    await giveBack(lease, checkpoint, { finished: false, epoch });
  }

  async function finishChunk(lease: Lease, checkpoint: Checkpoint): Promise<void> {
    await giveBack(lease, checkpoint, { finished: true });
  }

  async function giveBack(
    lease: Lease,
    checkpoint: Checkpoint,
    { finished, epoch }: { finished: boolean; epoch?: number },
  ): Promise<void> {
    const attributes: Item = {
      finished: { BOOL: finished },
      ...checkpointAttributes(checkpoint),
      ...(epoch === undefined ? {} : { epoch: numberOf(epoch) }),
    };
    const { changed, item } = await records.change(chunkKey(lease.importId, lease.chunk), {
      update: `SET ${setting(attributes)} REMOVE #untilMs${checkpoint.ahead === undefined ? ', #ahead' : ''}`,
      condition: '#owner = :owner AND attribute_exists(#untilMs)',
      values: { ...valuesOf(attributes), ':owner': { S: lease.owner } },
    });
    if (changed) return;
    const now = item === null ? null : readChunkItem(item);
    // The same step once more, perhaps because the answer to the first got lost.
    const isRepeated =
      now?.owner === lease.owner &&
      now.chunk.lease === null &&
      now.chunk.finished === finished &&
      now.chunk.epoch === (epoch ?? now.chunk.epoch) &&
      sameCheckpoint(now.chunk.checkpoint, checkpoint);
    if (!isRepeated) throw leaseLost(lease, now?.chunk ?? null);
  }

  async function countChunk(
    importId: string,
    chunk: number,
    counts: Counts,
    units: number,
  ): Promise<ImportRecord> {
    const { item } = await records.change(importKey(importId), {
      update: `ADD #finishedChunks :chunks, #units :units, ${COUNTS.map((name) => `#${name} :${name}`).join(', ')}`,
      condition: '(attribute_not_exists(#finishedChunks) OR NOT contains(#finishedChunks, :chunk))',
      values: {
        ':chunks': { NS: [String(chunk)] },
        ':chunk': numberOf(chunk),
        ':units': numberOf(units),
        ...valuesOf(countAttributes(counts)),
      },
    });
    if (item === null) throw importUnknown(importId);
    return readImportItem(item);
  }

  async function end(importId: string, end: Parameters<Ledger['end']>[1]): Promise<ImportRecord> {
    const attributes: Item = {
      status: { S: end.status },
      endedAtMs: numberOf(end.atMs),
      ...(end.status === 'done' ? {} : failureAttributes(FAILURE, end.failure)),
      ...expiresAt(end.atMs, 0),
    };
    const counts = end.status === 'done' ? countAttributes(end.counts) : {};
    const { changed, item } = await records.change(importKey(importId), {
      update: `SET ${setting(attributes)} ${removing([...LAST_FAILURE, ...WATCH])}`,
      condition: end.status === 'done' ? `${NOT_ENDED} AND ${COUNTED}` : NOT_ENDED,
      values: { ...notEnded, ...valuesOf(attributes), ...valuesOf(counts) },
    });
    if (item === null) throw importUnknown(importId);
    const record = readImportItem(item);
    if (!changed && !hasEnded(record.status)) throw countsUnbalanced(record);
    return record;
  }

  async function warn(importId: string, warnings: readonly Warning[]): Promise<void> {
    await records.change(importKey(importId), {
      update: 'ADD #warnings :warnings',
      condition: 'attribute_exists(#id)',
      values: { ':warnings': warningSet(warnings) },
    });
  }

  async function close(importId: string): Promise<void> {
    await records.change(importKey(importId), {
      update: 'REMOVE #open',
      condition: 'attribute_exists(#open)',
      values: {},
    });
  }

  function expiresAt(fromMs: number, extraDays: number): Item {
    if (retentionDays === 0) return {};
    return { expiresAt: numberOf(Math.ceil(fromMs / 1000) + (retentionDays + extraDays) * DAY_S) };
  }
}

function removing(names: readonly string[]): string {
  return `REMOVE ${names.map((name) => `#${name}`).join(', ')}`;
}
