import type { FaultCount, FaultTally } from '../../core/imports/fault-tally.ts';
import type { ChunkState } from '../../core/imports/chunk-transitions.ts';
import type { Checkpoint } from '../../core/imports/import.ts';
import type { Item, RecordKey } from './dynamo-records.ts';
import { importKey } from './import-item.ts';
import {
  countAttributes,
  number,
  numberOf,
  optionalNumber,
  optionalText,
  readCounts,
  text,
} from './item-values.ts';

const CHUNK = 'chunk#';
/** Padded, so that the sort keys have the order of the indexes. */
const CHUNK_DIGITS = 5;

export function chunkKey(importId: string, index: number): RecordKey {
  return { ...importKey(importId), sk: { S: `${CHUNK}${String(index).padStart(CHUNK_DIGITS, '0')}` } };
}

/** The values of the condition that finds all chunks of an import: `#pk = :pk AND begins_with(#sk, :chunk)`. */
export function chunksOf(importId: string): Item {
  return { ':pk': importKey(importId).pk, ':chunk': { S: CHUNK } };
}

/** A chunk that has had no owner. */
export function newChunkItem({ record }: ChunkState): Item {
  const { importId, index, startBytes, endBytes, checkpoint, epoch, finished } = record;
  return {
    ...chunkKey(importId, index),
    importId: { S: importId },
    chunk: numberOf(index),
    startBytes: numberOf(startBytes),
    // DynamoDB's numbers have no infinity.
    endBytes: endBytes === Infinity ? { NULL: true } : numberOf(endBytes),
    ...checkpointAttributes(checkpoint).written,
    epoch: numberOf(epoch),
    finished: { BOOL: finished },
  };
}

/** A lease that has ended has no `untilMs`; its `owner` stays, as `lastOwner`. */
export function readChunkItem(item: Item): ChunkState {
  const owner = optionalText(item, 'owner');
  const untilMs = optionalNumber(item, 'untilMs');
  return {
    record: {
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
    },
    lastOwner: owner,
  };
}

/** The attributes of a checkpoint, and those of the checkpoint before that it does not have. */
export function checkpointAttributes({ offsetBytes, line, counts, units, ahead, faults = [] }: Checkpoint): {
  written: Item;
  removed: readonly string[];
} {
  return {
    written: {
      offsetBytes: numberOf(offsetBytes),
      line: numberOf(line),
      ...countAttributes(counts),
      units: numberOf(units),
      ...(ahead === undefined ? {} : { ahead: { B: ahead } }),
      ...(faults.length === 0 ? {} : { faults: faultList(faults) }),
    },
    removed: [...(ahead === undefined ? ['ahead'] : []), ...(faults.length === 0 ? ['faults'] : [])],
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
