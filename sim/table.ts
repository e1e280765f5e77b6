import { MAX_BATCH_BYTES, MAX_BATCH_ITEMS, MAX_ITEM_BYTES, writeUnits } from '../src/core/rows/item.ts';
import type {
  Clock,
  HoldReason,
  Kept,
  Operation,
  Refusal,
  TableWriter,
  WriteOutcome,
} from '../src/core/ports.ts';
import type { Capacity } from './capacity.ts';
import { type Attributes, attributesBytes, checkItem, type CheckedItem, type KeySchema } from './item.ts';
import type { Network } from './network.ts';
import { carriedOut, modelOperation, type ModelOperation, type ModelOutcome } from './write-model.ts';

/** A given outcome of a batch; null: the table decides. */
export type Fate = (items: readonly Attributes[], texts: readonly string[]) => WriteOutcome | null;

/** One answer: the units that were written, and those that the table held back. */
export type Written = {
  readonly atMs: number;
  readonly units: number;
  readonly heldUnits: number;
  readonly items: readonly CheckedItem[];
};

export type SimTable = TableWriter & {
  /** Items by key. */
  readonly items: ReadonlyMap<string, Attributes>;
  /** The stored item with the key that is among the attributes. */
  stored(attributes: Attributes): Attributes | null;
  readonly requests: number;
  /** Batches that violate a rule of DynamoDB. */
  readonly refusals: number;
};

/** A loader gives a request up after this time. */
const TIMEOUT_MS = 10_000;
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * DynamoDB's writes as a Table port, on any clock. Capacity, network and fate are optional. "BatchWriteItem" (Amazon
 * DynamoDB API Reference): items without capacity are returned as unprocessed, without a reason; there is an exception with a
 * reason only if the whole batch is throttled.
 */
export function simTable(options: {
  clock: Clock;
  keys: KeySchema;
  capacity?: Capacity;
  network?: Network;
  fate?: Fate;
  /** Called for each batch that reaches the table. */
  onWrite?: (written: Written) => void;
}): SimTable {
  const { clock, keys, capacity, network, fate, onWrite } = options;
  const items = new Map<string, Attributes>();
  const keyNames = [keys.partitionKey.name, ...(keys.sortKey === null ? [] : [keys.sortKey.name])];
  let requests = 0;
  let refusals = 0;

  return {
    items,
    get requests() {
      return requests;
    },
    get refusals() {
      return refusals;
    },
    write,
    stored: (attributes) => {
      const item = checkItem(attributes, keys);
      return typeof item === 'string' ? null : (items.get(item.key) ?? null);
    },
    close: async () => undefined,
  };

  async function write(texts: readonly Operation[]): Promise<WriteOutcome> {
    requests++;
    // Before anything is awaited: the texts hold during the call only.
    const json = texts.map(({ bytes, start, end }) => decoder.decode(bytes.subarray(start, end)));
    const operations = texts.map(modelOperation);
    if (network === undefined) {
      await Promise.resolve();
      return settle(operations, json);
    }
    const fault = network.fate();
    const latencyMs = network.latencyMs();
    if (fault === 'lost-request') {
      await clock.sleep(TIMEOUT_MS);
      return held(json.length, 'unavailable');
    }
    await clock.sleep(latencyMs / 2);
    const outcome = fault === 'server-error' ? held(json.length, 'unavailable') : settle(operations, json);
    await clock.sleep(latencyMs / 2);
    // The client notices a reset at once, but not what happened before it.
    return fault === 'lost-answer' ? held(json.length, 'unavailable') : outcome;
  }

  function settle(operations: readonly ModelOperation[], json: readonly string[]): WriteOutcome {
    const checked = check(operations, json);
    const decided = fate?.(
      operations.map(({ attributes }) => attributes),
      json,
    );
    if (decided?.refused !== undefined) return decided;
    if (typeof checked === 'string') {
      refusals++;
      return refusedAll(json.length, checked);
    }
    return admit(operations, checked, decided ?? null);
  }

  function admit(
    operations: readonly ModelOperation[],
    batch: readonly CheckedItem[],
    decided: WriteOutcome | null,
  ): WriteOutcome {
    const nowMs = clock.now();
    const heldIndexes = [...(decided?.held ?? [])];
    const alreadyHeld = new Set(heldIndexes);
    let reason: HoldReason | null = decided?.reason ?? null;
    let units = 0;
    let heldUnits = 0;
    const written: CheckedItem[] = [];
    const kept: Kept[] = [];
    const refused: Refusal[] = [];
    for (const [index, item] of batch.entries()) {
      if (alreadyHeld.has(index)) continue;
      const stored = items.get(item.key) ?? null;
      const outcome = sized(carriedOut(operations[index]!, stored, keyNames));
      const itemUnits = unitsOf(operations[index]!, item, stored, outcome);
      const hold = capacity?.take(item.partitionHash, itemUnits, nowMs) ?? null;
      if (hold !== null) {
        reason = hold;
        heldUnits += itemUnits;
        heldIndexes.push(index);
        continue;
      }
      units += itemUnits;
      if (outcome.kind === 'kept') kept.push({ index, isEqual: outcome.isEqual });
      else if (outcome.kind === 'refused') refused.push({ indexes: [index], reason: outcome.reason });
      else {
        written.push(item);
        if (outcome.item === null) items.delete(item.key);
        else items.set(item.key, outcome.item);
      }
    }
    onWrite?.({ atMs: nowMs, units, heldUnits, items: written });
    if (decided !== null) return { ...decided, held: heldIndexes };
    if (heldIndexes.length > 0 && heldIndexes.length < batch.length) reason = 'throttled';
    return {
      held: heldIndexes,
      reason,
      units,
      ...(kept.length === 0 ? {} : { kept }),
      ...(refused.length === 0 ? {} : { refused }),
    };
  }

  /** "Write capacity units": a replaced item counts as the new one here; all else as the larger of the two. */
  function unitsOf(
    { kind, newerBy }: ModelOperation,
    item: CheckedItem,
    stored: Attributes | null,
    outcome: ModelOutcome,
  ): number {
    if (kind === 'put' && newerBy === null) return writeUnits(item.sizeBytes);
    const after = outcome.kind === 'written' ? outcome.item : null;
    return writeUnits(Math.max(item.sizeBytes, itemBytes(stored), itemBytes(after)));
  }

  function check(
    operations: readonly ModelOperation[],
    json: readonly string[],
  ): readonly CheckedItem[] | string {
    if (json.length < 1 || json.length > MAX_BATCH_ITEMS) return `A batch of ${json.length} items`;
    if (json.reduce((sum, text) => sum + text.length, 0) > MAX_BATCH_BYTES)
      return 'A batch of more than 16 MB';
    const batch: CheckedItem[] = [];
    const seen = new Set<string>();
    for (const { attributes } of operations) {
      const item = checkItem(attributes, keys);
      if (typeof item === 'string') return item;
      if (seen.has(item.key)) return `Provided list of item keys contains duplicates: ${item.key}`;
      seen.add(item.key);
      batch.push(item);
    }
    return batch;
  }
}

/** A merge may make an item too large. */
function sized(outcome: ModelOutcome): ModelOutcome {
  if (outcome.kind !== 'written' || itemBytes(outcome.item) <= MAX_ITEM_BYTES) return outcome;
  return { kind: 'refused', reason: 'Item size to update has exceeded the maximum allowed size' };
}

function itemBytes(item: Attributes | null): number {
  const bytes = item === null ? 0 : attributesBytes(item);
  return typeof bytes === 'number' ? bytes : 0;
}

/** Nothing of the batch is written. */
export function refusedAll(count: number, reason: string): WriteOutcome {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return { held: [], reason: null, units: 0, refused: [{ indexes, reason }] };
}

function held(count: number, reason: HoldReason): WriteOutcome {
  return { held: Array.from({ length: count }, (_, index) => index), reason, units: 0 };
}
