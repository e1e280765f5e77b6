import { describe, expect, test } from 'vitest';
import type { HoldReason } from '../../src/core/ports.ts';
import { type Capacity, capacity, type CapacityOptions } from '../../sim/capacity.ts';
import { hashOf } from '../../sim/item.ts';
import { tokenBucket } from '../../sim/token-bucket.ts';

describe('a provisioned table', () => {
  test('accepts its units a second and no more', () => {
    const table = provisioned(100);
    expect(pour(table, { seconds: 10, perSecond: 1000 }).taken).toBeGreaterThanOrEqual(999);
    expect(pour(provisioned(100), { seconds: 10, perSecond: 1000 }).taken).toBeLessThanOrEqual(1000);
  });

  test('saves 300 seconds of unused units, and spends them at 1,000 units a second for each partition', () => {
    const { taken } = pour(provisioned(10, { creditSeconds: 300 }), { seconds: 3, perSecond: 5000 });
    expect(taken).toBeGreaterThanOrEqual(3000);
    expect(taken).toBeLessThanOrEqual(3030);
    // The bucket of the partition has filled too, and adds a second's units once.
    const rested = { seconds: 1, perSecond: 5000, fromSecond: 10_000 };
    expect(pour(provisioned(10), rested).taken).toBeCloseTo(2000, -2);
    expect(pour(provisioned(1), rested).taken).toBeCloseTo(301, -1);
  });

  test('follows a change of its units at once', () => {
    const table = provisioned(100);
    pour(table, { seconds: 5, perSecond: 500 });
    table.change({ kind: 'provisioned', units: 200 }, 5000);
    expect(pour(table, { seconds: 5, perSecond: 500, fromSecond: 5 }).taken).toBeCloseTo(1000, -1);
    table.change({ kind: 'provisioned', units: 50 }, 10_000);
    expect(pour(table, { seconds: 5, perSecond: 500, fromSecond: 10 }).taken).toBeCloseTo(250, -1);
  });

  test('accepts an item of more units than its rate once enough units have gathered', () => {
    const table = provisioned(5);
    expect(table.take(1, 400, 79_000)).toBe('table-capacity');
    expect(table.take(1, 400, 80_000)).toBeNull();
  });

  test('is limited by the default quota of a table, and by the remaining units of its account', () => {
    const busy = { seconds: 3, perSecond: 60_000 };
    const wide = pour(provisioned(50_000, { partitions: 100 }), busy);
    expect(wide.taken).toBeLessThanOrEqual(120_000);
    expect(wide.reasons).toContain('account-limit');
    const account = tokenBucket({ unitsPerSecond: 500, capacity: 500, tokens: 0, startMs: 0 });
    const poor = pour(provisioned(1000, { account }), { seconds: 2, perSecond: 2000 });
    expect(poor.taken).toBeLessThanOrEqual(1000);
    expect(poor.reasons).toContain('account-limit');
  });
});

describe('a partition', () => {
  const spread = { partitions: 4, startMs: 0, mode: { kind: 'provisioned', units: 2000 } } as const;

  test('accepts 1,000 units a second of one key, even if the table has more', () => {
    const { taken, reasons } = pour(capacity(spread), { seconds: 10, perSecond: 2000, keys: 1 });
    expect(taken).toBeLessThanOrEqual(10_000);
    expect(taken).toBeGreaterThan(9900);
    expect(reasons).toEqual(new Set(['key-range']));
  });

  test('accepts only its share of the table without adaptive capacity', () => {
    const rigid = pour(capacity({ ...spread, adaptive: false }), { seconds: 10, perSecond: 2000, keys: 1 });
    expect(rigid.taken).toBeCloseTo(5000, -2);
  });

  test('splits when it stays hot, but one key never gets more than a partition', () => {
    const load = { seconds: 100, perSecond: 2000 };
    const two = capacity({
      mode: { kind: 'provisioned', units: 2000 },
      partitions: 1,
      startMs: 0,
      splitAfterMs: 10_000,
    });
    pour(two, { ...load, keys: 2 });
    expect(two.partitions).toBeGreaterThan(1);
    expect(pour(two, { seconds: 10, perSecond: 2000, keys: 2, fromSecond: 100 }).taken).toBeGreaterThan(
      19_000,
    );
    const one = capacity({ ...spread, splitAfterMs: 10_000 });
    pour(one, { ...load, keys: 1 });
    expect(pour(one, { seconds: 10, perSecond: 2000, keys: 1, fromSecond: 100 }).taken).toBeLessThanOrEqual(
      10_001,
    );
  });
});

describe('an on-demand table', () => {
  test('starts with 4,000 units a second, and accepts twice as much only half an hour later', () => {
    const table = capacity({ mode: { kind: 'on-demand' }, startMs: 0 });
    const minutes = Array.from(
      { length: 40 },
      (_, minute) =>
        pour(table, { seconds: 60, perSecond: 10_000, fromSecond: minute * 60, stepMs: 100 }).taken / 60,
    );
    expect(minutes[0]).toBeLessThanOrEqual(4000);
    expect(minutes[0]).toBeGreaterThan(3900);
    expect(minutes[15]).toBeGreaterThan(4500);
    expect(minutes[15]).toBeLessThan(8000);
    expect(minutes[39]).toBeGreaterThan(8000);
  });

  test('stays below the maximum that its owner has set, and returns it as the reason', () => {
    const table = capacity({ mode: { kind: 'on-demand', maxUnits: 100 }, startMs: 0 });
    const { taken, reasons } = pour(table, { seconds: 10, perSecond: 500 });
    expect(taken).toBeLessThanOrEqual(1000);
    expect(reasons).toEqual(new Set(['on-demand-limit']));
  });
});

function provisioned(units: number, more: Partial<CapacityOptions> = {}): Capacity {
  return capacity({ mode: { kind: 'provisioned', units }, startMs: 0, ...more });
}

/** Offers single units evenly over the time, of so many keys in turn (or a new key each). */
function pour(
  table: Capacity,
  load: { seconds: number; perSecond: number; fromSecond?: number; keys?: number; stepMs?: number },
): { taken: number; reasons: Set<HoldReason> } {
  const { seconds, perSecond, fromSecond = 0, keys = Infinity, stepMs = 10 } = load;
  const reasons = new Set<HoldReason>();
  const hashes = keys === Infinity ? null : Array.from({ length: keys }, (_, key) => hashOf(`key ${key}`));
  const perStep = (perSecond * stepMs) / 1000;
  let taken = 0;
  for (let step = 1; step <= (seconds * 1000) / stepMs; step++) {
    for (let n = 0; n < perStep; n++) {
      const hash = hashes === null ? hashOf(`${step} ${n}`) : hashes[n % hashes.length]!;
      const reason = table.take(hash, 1, fromSecond * 1000 + step * stepMs);
      if (reason === null) taken++;
      else reasons.add(reason);
    }
  }
  return { taken, reasons };
}
