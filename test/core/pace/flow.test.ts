import { describe, expect, test } from 'vitest';
import { createFlow, type Flow } from '../../../src/core/pace/flow.ts';
import { createLanePace } from '../../../src/core/pace/lane-pace.ts';
import type { FlowAnswer } from '../../../src/core/pace/throttle-tally.ts';

const TAKEN: FlowAnswer = {
  writtenUnits: 25,
  heldUnits: 0,
  freshUnits: 25,
  freshHeldUnits: 0,
  repeatedUnits: 0,
  reason: null,
};
const HELD: FlowAnswer = {
  writtenUnits: 0,
  heldUnits: 25,
  freshUnits: 25,
  freshHeldUnits: 25,
  repeatedUnits: 0,
  reason: 'table-capacity',
};

describe('the table’s loop', () => {
  test('opens by a quarter a round trip, and knows no rate before the table holds back', () => {
    const flow = open();
    expect(flow.maxInFlight).toBe(1);
    for (let n = 0; n < 600; n++) flow.answered(TAKEN, n);
    expect(flow.maxInFlight).toBe(128);
    expect(flow.rate).toBe(Infinity);
    expect(flow.budget(600)).toBe(Infinity);
    expect(flow.parkMs(1e9, 600)).toBe(0);
  });

  test.each([5, 100, 1000])('settles just above the %i units a second that a table takes', (units) => {
    const flow = open();
    const { nowMs } = drive(flow, { units, fromMs: 0, forMs: 60_000 });
    expect(flow.rate).toBeGreaterThan(units * 0.97);
    expect(flow.rate).toBeLessThan(units * 1.2);
    expect(nowMs).toBeGreaterThanOrEqual(60_000);
  });

  test('does not measure the capacity of the table by time-outs and errors', () => {
    const flow = open();
    for (let n = 0; n < 100; n++) flow.answered({ ...HELD, reason: 'unavailable' }, n * 10);
    expect(flow.rate).toBe(Infinity);
  });

  test('does not lower the rate for a few lanes that are held back again and again', () => {
    const flow = open(() => 0.01);
    for (let n = 0; n < 1000; n++) {
      flow.answered(TAKEN, n * 5);
      flow.answered({ ...HELD, freshUnits: 0, freshHeldUnits: 0, reason: 'key-range' }, n * 5);
    }
    expect(flow.rate).toBe(Infinity);
  });

  test('lowers the rate for one key range if the table has no other', () => {
    const flow = open(() => 0.5);
    for (let n = 0; n < 100; n++)
      flow.answered({ ...HELD, freshUnits: 0, freshHeldUnits: 0, reason: 'key-range' }, n * 5);
    expect(flow.rate).toBeLessThanOrEqual(50);
  });

  test('sends an item that costs more than a second of the rate, and then waits for its cost', () => {
    const flow = open();
    drive(flow, { units: 5, fromMs: 0, forMs: 60_000 });
    const readyMs = flow.readyMs(60_000);
    expect(flow.budget(readyMs)).toBeGreaterThan(0);
    flow.sent(400);
    expect(flow.budget(readyMs + 1000)).toBe(0);
    const waitedMs = flow.readyMs(readyMs + 1000) - readyMs;
    expect(waitedMs).toBeGreaterThan((400 / 6) * 1000);
    expect(waitedMs).toBeLessThan((402 / 4.8) * 1000);
  });

  describe('parks', () => {
    test('a small table for as long as burst credit gathers, but no longer than the rest takes', () => {
      const flow = open();
      drive(flow, { units: 5, fromMs: 0, forMs: 60_000 });
      expect(flow.parkMs(100_000, 60_000)).toBe(290_000);
      const shortMs = flow.parkMs(500, 60_000);
      expect(shortMs).toBeGreaterThan(85_000);
      expect(shortMs).toBeLessThan(105_000);
      expect(flow.parkMs(50, 60_000)).toBe(0);
    });

    test('not a fast one', () => {
      const flow = open();
      drive(flow, { units: 1000, fromMs: 0, forMs: 30_000 });
      expect(flow.parkMs(1e9, 30_000)).toBe(0);
    });
  });

  function open(spread: () => number = () => 0.3): Flow {
    return createFlow({ maxInFlight: 128, startMs: 0, spread });
  }

  /** Sends what the budget allows, in batches of 25, to a table without burst credit; answers come at once. */
  function drive(flow: Flow, { units, fromMs, forMs }: { units: number; fromMs: number; forMs: number }) {
    let credit = 0;
    let nowMs = fromMs;
    for (; nowMs < fromMs + forMs; nowMs += 5) {
      credit += units / 200;
      const budget = Math.floor(Math.min(25, flow.budget(nowMs)));
      if (budget < 1) continue;
      const writtenUnits = Math.min(budget, Math.floor(credit));
      credit -= writtenUnits;
      const heldUnits = budget - writtenUnits;
      flow.sent(budget);
      const reason = heldUnits === 0 ? null : writtenUnits === 0 ? 'table-capacity' : 'throttled';
      flow.answered(
        { writtenUnits, heldUnits, freshUnits: budget, freshHeldUnits: heldUnits, repeatedUnits: 0, reason },
        nowMs,
      );
    }
    return { nowMs };
  }
});

describe('the lane’s loop', () => {
  test('lets a lane rest longer each time that all is held back, up to five seconds', () => {
    const pace = createLanePace({ laneCount: 4, random: () => 0.5 });
    const rests = Array.from({ length: 12 }, () => pace.held(1, 1, 1000) - 1000);
    expect(rests.slice(0, 4)).toEqual([20, 40, 80, 160]);
    expect(rests.at(-1)).toBe(5000);
    expect(pace.written(2, 1000)).toBe(0);
  });

  test('shortens the rest with what is written, until there is none', () => {
    const pace = createLanePace({ laneCount: 4, random: () => 0.5 });
    for (let n = 0; n < 12; n++) pace.held(1, 1, 0);
    const rests = Array.from({ length: 60 }, () => pace.written(1, 0));
    expect(rests.slice(0, 3)).toEqual([2500, 1250, 625]);
    expect(rests.at(-1)).toBe(0);
  });

  test('does not rest for little, and finds the pace at which a tenth is held back', () => {
    const pace = createLanePace({ laneCount: 4, random: () => 0.5 });
    expect(pace.held(1, 0.1, 1000)).toBe(0);
    const first = pace.held(1, 0.5, 1000);
    expect(first).toBeGreaterThan(1000);
    expect(pace.held(1, 0.05, 1000)).toBeLessThan(first);
  });

  test('calls a lane fresh again a second after it was held back', () => {
    const pace = createLanePace({ laneCount: 4, random: () => 0.5 });
    expect(pace.areAllFresh(0)).toBe(true);
    pace.held(1, 1, 5000);
    expect([pace.isFresh(1, 5500), pace.isFresh(2, 5500), pace.areAllFresh(5500)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(pace.spread(5500)).toBe(0.25);
    expect([pace.isFresh(1, 6001), pace.areAllFresh(6001), pace.spread(6001)]).toEqual([true, true, 0]);
  });
});
