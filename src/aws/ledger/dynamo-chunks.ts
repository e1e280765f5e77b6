import {
  checkpointChunk,
  type ChunkState,
  claimChunk,
  newChunk,
  endLease,
  type LeaseEnd,
} from '../../core/imports/chunk-transitions.ts';
import type { Checkpoint, ChunkRange, Lease } from '../../core/imports/import.ts';
import type { Ledger } from '../../core/ports.ts';
import { checkpointAttributes, chunkKey, chunksOf, newChunkItem, readChunkItem } from './chunk-item.ts';
import { type Change, type DynamoRecords, type Item, removing, setting, valuesOf } from './dynamo-records.ts';
import type { Expiry } from './expiry.ts';
import { numberOf } from './item-values.ts';

/** Chunks added at once: few enough for a new table, and for the 50 connections of the SDK. */
const ADDED_AT_ONCE = 16;
/** Attempts at a claim whose refusal does not match the chunk as it is read afterwards. */
const CLAIM_ATTEMPTS = 5;

/**
 * The ledger's chunks and leases. A condition lets a write through exactly where the transition in `core/imports` changes the
 * chunk; after a refusal, the transition of the chunk as it then stood gives the answer or the error.
 */
export function dynamoChunks(
  records: DynamoRecords,
  expiry: Expiry,
): Pick<Ledger, 'readChunks' | 'claim' | 'checkpoint' | 'release' | 'finishChunk'> & {
  /** Adds those chunks of a plan that do not exist yet. */
  readonly addChunks: (
    importId: string,
    plan: readonly (readonly [index: number, range: ChunkRange])[],
    nowMs: number,
  ) => Promise<void>;
} {
  return {
    async addChunks(importId, plan, nowMs) {
      for (let first = 0; first < plan.length; first += ADDED_AT_ONCE) {
        const some = plan.slice(first, first + ADDED_AT_ONCE);
        await Promise.all(
          some.map(([index, range]) =>
            records.add({
              ...newChunkItem(newChunk(importId, index, range)),
              ...expiry.ofOpenImport(nowMs),
            }),
          ),
        );
      }
    },

    async readChunks(importId) {
      const items = await records.query({
        condition: '#pk = :pk AND begins_with(#sk, :chunk)',
        values: chunksOf(importId),
      });
      return items.map((item) => readChunkItem(item).record);
    },

    async claim(lease, terms) {
      const attributes: Item = {
        owner: { S: lease.owner },
        untilMs: numberOf(terms.untilMs),
        epoch: numberOf(terms.epoch),
        ...expiry.ofOpenImport(terms.nowMs),
      };
      for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
        const change = await records.change(chunkKey(lease.importId, lease.chunk), {
          update: `SET ${setting(attributes)}`,
          condition:
            '#finished = :false AND #epoch <= :epoch AND (attribute_not_exists(#untilMs) OR #untilMs <= :now OR #owner = :owner)',
          values: {
            ...valuesOf(attributes),
            ':now': numberOf(terms.nowMs),
            ':false': { BOOL: false },
          },
          answer: 'before',
        });
        const answer = claimChunk(stateOf(change), lease, terms);
        if (change.changed || answer.kind !== 'claimed') return answer;
      }
      return { kind: 'held', untilMs: terms.nowMs };
    },

    async checkpoint(lease, checkpoint, untilMs) {
      const { written, removed } = checkpointAttributes(checkpoint);
      const attributes: Item = { untilMs: numberOf(untilMs), ...written };
      const change = await records.change(chunkKey(lease.importId, lease.chunk), {
        update: `SET ${setting(attributes)} ${removing(removed)}`,
        condition:
          '#owner = :owner AND (#untilMs < :untilMs OR (#untilMs = :untilMs AND #offsetBytes <= :offsetBytes))',
        values: { ...valuesOf(attributes), ':owner': { S: lease.owner } },
      });
      if (!change.changed) checkpointChunk(stateOf(change), lease, checkpoint, untilMs);
    },

    release: (lease, checkpoint, epoch) => endLeaseOf(lease, checkpoint, { finished: false, epoch }),
    finishChunk: (lease, checkpoint) => endLeaseOf(lease, checkpoint, { finished: true }),
  };

  async function endLeaseOf(lease: Lease, checkpoint: Checkpoint, given: LeaseEnd): Promise<void> {
    const { written, removed } = checkpointAttributes(checkpoint);
    const attributes: Item = {
      finished: { BOOL: given.finished },
      ...written,
      ...(given.epoch === undefined ? {} : { epoch: numberOf(given.epoch) }),
    };
    const change = await records.change(chunkKey(lease.importId, lease.chunk), {
      update: `SET ${setting(attributes)} ${removing(['untilMs', ...removed])}`,
      condition: '#owner = :owner AND attribute_exists(#untilMs)',
      values: { ...valuesOf(attributes), ':owner': { S: lease.owner } },
    });
    if (!change.changed) endLease(stateOf(change), lease, checkpoint, given);
  }
}

function stateOf({ item }: Change): ChunkState | null {
  return item === null ? null : readChunkItem(item);
}
