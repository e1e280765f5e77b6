import { type Counts, noCounts } from '../../core/settle/counts.ts';
import { type ErrorCode, SluiceError } from '../../core/errors.ts';
import {
  type Checkpoint,
  type ChunkRecord,
  type Failure,
  type ImportRecord,
  type ImportStatus,
  keptFailure,
  type Watch,
} from '../../core/imports/import.ts';
import type { FaultCount, FaultTally } from '../../core/imports/fault-tally.ts';
import { joinedWarnings, type Warning, type WarningCode } from '../../core/imports/warning.ts';
import type { ChunkRange, KeyRecord, ObjectKey } from '../../core/ports.ts';
import type { Item, RecordKey } from './dynamo-records.ts';

/** What an import is registered with. */
export type NewImport = Pick<
  ImportRecord,
  'id' | 'dataset' | 'datasetDigest' | 'object' | 'parallel' | 'queuedAtMs'
>;

/** The partition of the index `by-time`, the same for all imports. */
export const FEED = 'imports';
/** The partition of the index `open`: imports that are not open lack the attribute, so that the index holds the open ones only. */
export const OPEN = 'imports';

const IMPORT = 'import';
const CHUNK = 'chunk#';
/** So that the order of sort keys is that of the indexes. */
const CHUNK_DIGITS = 5;

export function importKey(importId: string): RecordKey {
  return { pk: { S: `import#${importId}` }, sk: { S: IMPORT } };
}

export function chunkKey(importId: string, index: number): RecordKey {
  return { ...importKey(importId), sk: { S: `${CHUNK}${String(index).padStart(CHUNK_DIGITS, '0')}` } };
}

export function datasetKey(digest: string): RecordKey {
  return { pk: { S: `dataset#${digest}` }, sk: { S: 'document' } };
}

/** A bucket's name and a key have at most 63 and 1,024 bytes, a partition key may have 2,048. */
export function objectKey({ bucket, key }: ObjectKey): RecordKey {
  return { pk: { S: `object#${bucket}/${key}` }, sk: { S: 'newest' } };
}

/** `order`: by what the sequencer is compared. */
export function keyAttributes({ importId, previous, order }: KeyRecord & { order: string }): Item {
  return {
    importId: { S: importId },
    sequencer: { S: order },
    previous: { L: previous.map((id) => ({ S: id })) },
  };
}

export function readKeyItem(item: Item): KeyRecord & { order: string } {
  return {
    importId: text(item, 'importId'),
    previous: (item['previous']?.L ?? []).map(({ S }) => S ?? missing(item, 'previous')),
    order: text(item, 'sequencer'),
  };
}

/** The values of the condition that finds all chunks of an import: `#pk = :pk AND begins_with(#sk, :chunk)`. */
export function chunksOf(importId: string): Item {
  return { ':pk': importKey(importId).pk, ':chunk': { S: CHUNK } };
}

/** A queued import. The plan stays with it: should its chunks have to be added once more, they must be the same ones. */
export function newImportItem(record: NewImport, chunks: readonly ChunkRange[]): Item {
  const { object } = record;
  return {
    ...importKey(record.id),
    feed: { S: FEED },
    open: { S: OPEN },
    dataset: { S: record.dataset },
    queuedAtMs: numberOf(record.queuedAtMs),
    id: { S: record.id },
    datasetDigest: { S: record.datasetDigest },
    bucket: { S: object.bucket },
    objectKey: { S: object.key },
    ...(object.versionId === null ? {} : { versionId: { S: object.versionId } }),
    etag: { S: object.etag },
    sizeBytes: numberOf(object.sizeBytes),
    ...(object.sequencer === null ? {} : { sequencer: { S: object.sequencer } }),
    status: { S: 'queued' satisfies ImportStatus },
    chunkCount: numberOf(chunks.length),
    parallel: numberOf(record.parallel),
    plan: { S: chunks.map(rangeText).join(' ') },
    ...countAttributes(noCounts),
    units: numberOf(0),
  };
}

/** `0-4096:1`; without the second number it goes to the end. */
function rangeText({ startBytes, endBytes, startLine }: ChunkRange): string {
  return `${startBytes}-${endBytes === Infinity ? '' : endBytes}:${startLine}`;
}

/** The chunks that an import was registered with. */
export function planOf(item: Item): readonly ChunkRange[] {
  const ranges = text(item, 'plan').split(' ').filter(Boolean);
  return ranges.map((range) => {
    const [startBytes, endBytes, startLine] = range.split(/[-:]/);
    return {
      startBytes: Number(startBytes),
      endBytes: endBytes === '' ? Infinity : Number(endBytes),
      startLine: Number(startLine),
    };
  });
}

export function readImportItem(item: Item): ImportRecord {
  return {
    id: text(item, 'id'),
    dataset: text(item, 'dataset'),
    datasetDigest: text(item, 'datasetDigest'),
    object: {
      bucket: text(item, 'bucket'),
      key: text(item, 'objectKey'),
      versionId: optionalText(item, 'versionId'),
      etag: text(item, 'etag'),
      sizeBytes: number(item, 'sizeBytes'),
      sequencer: optionalText(item, 'sequencer'),
    },
    status: text(item, 'status') as ImportStatus,
    chunkCount: number(item, 'chunkCount'),
    parallel: number(item, 'parallel'),
    finishedChunks: (item['finishedChunks']?.NS ?? []).map(Number).sort((a, b) => a - b),
    counts: readCounts(item),
    units: number(item, 'units'),
    queuedAtMs: number(item, 'queuedAtMs'),
    startedAtMs: optionalNumber(item, 'startedAtMs'),
    endedAtMs: optionalNumber(item, 'endedAtMs'),
    failure: readFailure(item, FAILURE),
    lastFailure: readFailure(item, LAST_FAILURE),
    warnings: readWarnings(item),
    isOpen: item['open'] !== undefined,
    watch: readWatch(item),
  };
}

/** Names of the attributes that hold a failure's code and reason. */
type FailureNames = readonly [code: string, reason: string];
export const FAILURE: FailureNames = ['failureCode', 'failureReason'];
export const LAST_FAILURE: FailureNames = ['lastFailureCode', 'lastFailureReason'];

export function failureAttributes([codeName, reasonName]: FailureNames, failure: Failure): Item {
  const { code, reason } = keptFailure(failure);
  return { [codeName]: { S: code }, [reasonName]: { S: reason } };
}

function readFailure(item: Item, [codeName, reasonName]: FailureNames): Failure | null {
  const code = optionalText(item, codeName);
  return code === null ? null : { code: code as ErrorCode, reason: text(item, reasonName) };
}

export const WATCH = ['watchProgress', 'watchSinceMs', 'watchRequeues'] as const;

export function watchAttributes({ progress, sinceMs, requeues }: Watch): Item {
  return {
    watchProgress: { S: progress },
    watchSinceMs: numberOf(sinceMs),
    watchRequeues: numberOf(requeues),
  };
}

function readWatch(item: Item): Watch | null {
  const progress = optionalText(item, 'watchProgress');
  if (progress === null) return null;
  return { progress, sinceMs: number(item, 'watchSinceMs'), requeues: number(item, 'watchRequeues') };
}

/** A chunk not yet begun. */
export function newChunkItem(importId: string, index: number, range: ChunkRange): Item {
  return {
    ...chunkKey(importId, index),
    importId: { S: importId },
    chunk: numberOf(index),
    startBytes: numberOf(range.startBytes),
    // DynamoDB's numbers have no infinity.
    endBytes: range.endBytes === Infinity ? { NULL: true } : numberOf(range.endBytes),
    ...checkpointAttributes({
      offsetBytes: range.startBytes,
      line: range.startLine,
      counts: noCounts,
      units: 0,
    }),
    epoch: numberOf(0),
    finished: { BOOL: false },
  };
}

/** The chunk's last owner stands beside its lease, so that a repeated release or finish is known for what it is. */
export function readChunkItem(item: Item): { chunk: ChunkRecord; owner: string | null } {
  const owner = optionalText(item, 'owner');
  const untilMs = optionalNumber(item, 'untilMs');
  const chunk: ChunkRecord = {
    importId: text(item, 'importId'),
    index: number(item, 'chunk'),
    startBytes: number(item, 'startBytes'),
    endBytes: item['endBytes']?.NULL === true ? Infinity : number(item, 'endBytes'),
    checkpoint: {
      offsetBytes: number(item, 'offsetBytes'),
      line: number(item, 'line'),
      counts: readCounts(item),
      units: number(item, 'units'),
      ahead: item['ahead']?.B,
      ...readFaults(item),
    },
    epoch: number(item, 'epoch'),
    lease: owner === null || untilMs === null ? null : { owner, untilMs },
    finished: item['finished']?.BOOL === true,
  };
  return { chunk, owner };
}

/** Where it says nothing of `ahead`, that attribute of the checkpoint before must go. */
export function checkpointAttributes({
  offsetBytes,
  line,
  counts,
  units,
  ahead,
  faults = [],
}: Checkpoint): Item {
  return {
    offsetBytes: numberOf(offsetBytes),
    line: numberOf(line),
    ...countAttributes(counts),
    units: numberOf(units),
    ...(ahead === undefined ? {} : { ahead: { B: ahead } }),
    ...(faults.length === 0 ? {} : { faults: faultList(faults) }),
  };
}

/** At the top of the item, because only there can an update add to a number. */
export function countAttributes(counts: Counts): Item {
  return {
    rowsRead: numberOf(counts.read),
    rowsWritten: numberOf(counts.written),
    rowsRejected: numberOf(counts.rejected),
    rowsSuperseded: numberOf(counts.superseded),
    rowsSkipped: numberOf(counts.skipped),
  };
}

function faultList(faults: FaultTally): Item[string] {
  return {
    L: faults.map(({ code, column, rows }) => ({
      M: { code: { S: code }, column: { S: column }, rows: numberOf(rows) },
    })),
  };
}

function readFaults(item: Item): { faults?: FaultTally } {
  const list = item['faults']?.L;
  if (list === undefined) return {};
  const faults = list.map(({ M = {} }): FaultCount => {
    return {
      code: text(M, 'code') as FaultCount['code'],
      column: text(M, 'column'),
      rows: number(M, 'rows'),
    };
  });
  return { faults };
}

/** A set, to which DynamoDB adds without a look at what is in it. */
export function warningSet(warnings: readonly Warning[]): Item[string] {
  return { SS: warnings.map(({ code, text }) => `${code} ${text}`) };
}

function readWarnings(item: Item): readonly Warning[] {
  const warnings = (item['warnings']?.SS ?? []).map((entry): Warning => {
    const space = entry.indexOf(' ');
    return { code: entry.slice(0, space) as WarningCode, text: entry.slice(space + 1) };
  });
  return joinedWarnings([], warnings);
}

export function numberOf(value: number): { N: string } {
  return { N: String(value) };
}

function readCounts(item: Item): Counts {
  return {
    read: number(item, 'rowsRead'),
    written: number(item, 'rowsWritten'),
    rejected: number(item, 'rowsRejected'),
    superseded: number(item, 'rowsSuperseded'),
    skipped: number(item, 'rowsSkipped'),
  };
}

function text(item: Item, name: string): string {
  return optionalText(item, name) ?? missing(item, name);
}

function optionalText(item: Item, name: string): string | null {
  return item[name]?.S ?? null;
}

function number(item: Item, name: string): number {
  return optionalNumber(item, name) ?? missing(item, name);
}

function optionalNumber(item: Item, name: string): number | null {
  const value = item[name]?.N;
  return value === undefined ? null : Number(value);
}

function missing(item: Item, name: string): never {
  throw new SluiceError(
    'internal',
    `The ledger's record ${item['pk']?.S} / ${item['sk']?.S} has no '${name}': something else than Sluice wrote it. Delete the record, and drop the file again.`,
    { data: { pk: item['pk']?.S, sk: item['sk']?.S, attribute: name } },
  );
}
