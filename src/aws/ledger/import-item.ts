import type { ErrorCode } from '../../core/errors.ts';
import type { Failure, ImportRecord, ImportStatus, Watch, ChunkRange } from '../../core/imports/import.ts';
import type { ImportChange } from '../../core/imports/import-transitions.ts';
import { joinedWarnings, type Warning, type WarningCode } from '../../core/imports/warning.ts';
import type { Item, RecordKey } from './dynamo-records.ts';
import {
  countAttributes,
  number,
  numberOf,
  optionalNumber,
  optionalText,
  readCounts,
  text,
} from './item-values.ts';

/** The partition of the index `by-time`, the same for all imports. */
export const FEED = 'imports';
/** The partition of the index `open`. Only open imports have the attribute, so the index contains only these. */
export const OPEN = 'imports';

const IMPORT = 'import';

export function importKey(importId: string): RecordKey {
  return { pk: { S: `import#${importId}` }, sk: { S: IMPORT } };
}

/** A newly registered import. The item includes the plan: chunks that a crash left out must be added with the same ranges. */
export function newImportItem(record: ImportRecord, chunks: readonly ChunkRange[]): Item {
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
    ...(object.uploadedAtMs === undefined ? {} : { uploadedAtMs: numberOf(object.uploadedAtMs) }),
    ...(record.place === null ? {} : { place: { S: record.place } }),
    status: { S: record.status },
    chunkCount: numberOf(record.chunkCount),
    parallel: numberOf(record.parallel),
    plan: { S: chunks.map(rangeText).join(' ') },
    ...countAttributes(record.counts),
    units: numberOf(record.units),
  };
}

/** `0-4096:1`; without the second number the range extends to the end. */
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
      ...(item['uploadedAtMs'] === undefined ? {} : { uploadedAtMs: number(item, 'uploadedAtMs') }),
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
    place: optionalText(item, 'place'),
    repairOf: (item['repairOf']?.L ?? []).flatMap(({ S }) => S ?? []),
    watch: readWatch(item),
  };
}

/** Names of the attributes that store a failure's code and reason. */
type FailureNames = readonly [code: string, reason: string];
const FAILURE: FailureNames = ['failureCode', 'failureReason'];
const LAST_FAILURE: FailureNames = ['lastFailureCode', 'lastFailureReason'];
const WATCH = ['watchProgress', 'watchSinceMs', 'watchRequeues'] as const;

/** The attributes that a change sets and removes. */
export function changedAttributes({ set }: ImportChange): { written: Item; removed: readonly string[] } {
  const { status, endedAtMs, failure, lastFailure, watch, isOpen, place, repairOf } = set;
  return {
    written: {
      ...(status === undefined ? {} : { status: { S: status } }),
      ...(endedAtMs === undefined || endedAtMs === null ? {} : { endedAtMs: numberOf(endedAtMs) }),
      ...failureAttributes(FAILURE, failure),
      ...failureAttributes(LAST_FAILURE, lastFailure),
      ...watchAttributes(watch),
      ...(place === undefined || place === null ? {} : { place: { S: place } }),
      ...(repairOf === undefined ? {} : { repairOf: { L: repairOf.map((id) => ({ S: id })) } }),
    },
    removed: [
      ...(lastFailure === null ? LAST_FAILURE : []),
      ...(watch === null ? WATCH : []),
      ...(isOpen === false ? ['open'] : []),
    ],
  };
}

function failureAttributes([codeName, reasonName]: FailureNames, failure?: Failure | null): Item {
  if (failure === undefined || failure === null) return {};
  return { [codeName]: { S: failure.code }, [reasonName]: { S: failure.reason } };
}

function readFailure(item: Item, [codeName, reasonName]: FailureNames): Failure | null {
  const code = optionalText(item, codeName);
  return code === null ? null : { code: code as ErrorCode, reason: text(item, reasonName) };
}

function watchAttributes(watch?: Watch | null): Item {
  if (watch === undefined || watch === null) return {};
  return {
    watchProgress: { S: watch.progress },
    watchSinceMs: numberOf(watch.sinceMs),
    watchRequeues: numberOf(watch.requeues),
  };
}

function readWatch(item: Item): Watch | null {
  const progress = optionalText(item, 'watchProgress');
  if (progress === null) return null;
  return { progress, sinceMs: number(item, 'watchSinceMs'), requeues: number(item, 'watchRequeues') };
}

/** A string set: an update can add to it without reading it. */
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
