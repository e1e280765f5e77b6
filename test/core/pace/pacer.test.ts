import { describe, expect, test } from 'vitest';
import { createPacer, type Pacer, type PacedAnswer } from '../../../src/core/pace/pacer.ts';

const LANES = 100;
/** Slot n is an item of one unit in lane n. */
const items = { lane: (slot: number) => slot % LANES, units: () => 1 };
const WRITTEN: PacedAnswer = { heldSlots: [], reason: null, quietFromMs: -Infinity };

function opened(): Pacer {
  return createPacer({ items, laneCount: LANES, maxInFlight: 128, startMs: 0, random: () => 0.5 });
}

/** Sends items of these lanes in one batch, and answers it 5 ms later. */
function send(pacer: Pacer, lanes: readonly number[], heldLanes: readonly number[], nowMs: number): void {
  const batch = { slots: lanes, lanes, units: lanes.length };
  const note = pacer.sent(batch, nowMs);
  const reason = heldLanes.length > 0 ? 'throttled' : null;
  pacer.answered(batch, note, { ...WRITTEN, heldSlots: heldLanes, reason }, nowMs + 5);
}

const range = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => (first + index) % LANES);

describe('the pacer', () => {
  test('goes from opening to searching at the first hold in many lanes, and to steady when the rate is measured', () => {
    const pacer = opened();
    for (let n = 0; n < 50; n++) send(pacer, range(n * 25, 25), [], n * 10);
    expect(pacer).toMatchObject({ phase: 'opening', rate: Infinity });
    let nowMs = 500;
    for (let n = 0; n < 4; n++) send(pacer, range(n * 25, 25), range(n * 25, 25), (nowMs += 10));
    expect(pacer.phase).toBe('searching');
    expect(pacer.rate).toBeLessThanOrEqual(1000);
    for (let n = 0; n < 200 && pacer.phase !== 'steady'; n++)
      send(pacer, range(n * 25, 25), range(n * 25, 12), (nowMs += 20));
    expect(pacer.phase).toBe('steady');
    expect(pacer.maxInFlight).toBe(128);
  });

  test('takes a lane that is held back again and again as a key range, and lets it rest, longer each time', () => {
    const pacer = opened();
    const rests: number[] = [];
    for (let nowMs = 0; nowMs < 5000; nowMs += 50) {
      for (let n = 0; n < 4; n++) send(pacer, range(1 + n * 24, 24), [], nowMs);
      send(pacer, [0], [0], nowMs + 10);
      rests.push(pacer.restUntilMs(0) - (nowMs + 15));
    }
    expect(pacer.phase).toBe('opening');
    expect(rests[0]).toBeGreaterThan(0);
    expect(rests.at(-1)).toBeGreaterThan(10 * rests[0]!);
  });

  test('lets only the lanes of held items rest', () => {
    const pacer = opened();
    send(pacer, [1, 2, 3], [2], 100);
    expect([1, 2, 3].map((lane) => pacer.restUntilMs(lane) > 105)).toEqual([false, true, false]);
  });

  test('lets the lanes of a lost answer rest until the request can no longer be carried out', () => {
    const pacer = opened();
    const batch = { slots: [4], lanes: [4], units: 1 };
    const note = pacer.sent(batch, 0);
    pacer.answered(batch, note, { heldSlots: [4], reason: 'unavailable', quietFromMs: 15_000 }, 10_000);
    expect(pacer.restUntilMs(4)).toBe(15_000);
    expect(pacer.phase).toBe('opening');
  });
});
