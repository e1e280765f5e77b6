import { MAX_BATCH_BYTES, MAX_BATCH_ITEMS, writeUnits } from '../src/core/rows/item.ts';
import type { Clock, HoldReason, Operation, TableWriter, WriteOutcome } from '../src/core/ports.ts';
import type { Capacity } from './capacity.ts';
import { type Attributes, checkItem, type CheckedItem, type KeySchema } from './item.ts';
import type { Network } from './network.ts';

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
  readonly requests: number;
  /** Batches that violate a rule of DynamoDB. */
  readonly refusals: number;
};

/** A loader gives a request up after this time. */
const TIMEOUT_MS = 10_000;
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * DynamoDB's BatchWriteItem as a Table port, on any clock. Capacity, network and fate are optional. "BatchWriteItem" (Amazon
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
    close: async () => undefined,
  };

  async function write(texts: readonly Operation[]): Promise<WriteOutcome> {
    requests++;
    // Before anything is awaited: the texts hold during the call only.
    const json = texts.map(({ bytes, start, end }) => decoder.decode(bytes.subarray(start, end)));
    if (network === undefined) {
      await Promise.resolve();
      return settle(json);
    }
    const fault = network.fate();
    const latencyMs = network.latencyMs();
    if (fault === 'lost-request') {
      await clock.sleep(TIMEOUT_MS);
      return held(json.length, 'unavailable');
    }
    await clock.sleep(latencyMs / 2);
    const outcome = fault === 'server-error' ? held(json.length, 'unavailable') : settle(json);
    await clock.sleep(latencyMs / 2);
    // The client notices a reset at once, but not what happened before it.
    return fault === 'lost-answer' ? held(json.length, 'unavailable') : outcome;
  }

  function settle(json: readonly string[]): WriteOutcome {
    const batch = check(json);
    const decided = fate?.(
      json.map((text) => JSON.parse(text) as Attributes),
      json,
    );
    if (decided?.kind === 'refused') return decided;
    if (typeof batch === 'string') {
      refusals++;
      return { kind: 'refused', reason: batch };
    }
    return admit(batch, decided ?? null);
  }

  function admit(batch: readonly CheckedItem[], decided: WriteOutcome | null): WriteOutcome {
    const nowMs = clock.now();
    const heldIndexes = decided?.kind === 'answered' ? [...decided.held] : [];
    const alreadyHeld = new Set(heldIndexes);
    let reason: HoldReason | null = decided?.kind === 'answered' ? decided.reason : null;
    let units = 0;
    let heldUnits = 0;
    const written: CheckedItem[] = [];
    for (const [index, item] of batch.entries()) {
      if (alreadyHeld.has(index)) continue;
      const itemUnits = writeUnits(item.sizeBytes);
      const hold = capacity?.take(item.partitionHash, itemUnits, nowMs) ?? null;
      if (hold === null) {
        units += itemUnits;
        written.push(item);
        items.set(item.key, item.attributes);
      } else {
        reason = hold;
        heldUnits += itemUnits;
        heldIndexes.push(index);
      }
    }
    onWrite?.({ atMs: nowMs, units, heldUnits, items: written });
    if (decided?.kind === 'answered') return { ...decided, held: heldIndexes };
    if (heldIndexes.length > 0 && heldIndexes.length < batch.length) reason = 'throttled';
    return { kind: 'answered', held: heldIndexes, reason, units };
  }

  function check(json: readonly string[]): readonly CheckedItem[] | string {
    if (json.length < 1 || json.length > MAX_BATCH_ITEMS) return `A batch of ${json.length} items`;
    if (json.reduce((sum, text) => sum + text.length, 0) > MAX_BATCH_BYTES)
      return 'A batch of more than 16 MB';
    const batch: CheckedItem[] = [];
    const seen = new Set<string>();
    for (const text of json) {
      const item = checkItem(text, keys);
      if (typeof item === 'string') return item;
      if (seen.has(item.key)) return `Provided list of item keys contains duplicates: ${item.key}`;
      seen.add(item.key);
      batch.push(item);
    }
    return batch;
  }
}

function held(count: number, reason: HoldReason): WriteOutcome {
  return { kind: 'answered', held: Array.from({ length: count }, (_, index) => index), reason, units: 0 };
}
