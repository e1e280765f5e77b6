import { describe, expect, test } from 'vitest';
import { loadCost } from '../../../src/core/cost/load-cost.ts';

const provisioned = { billing: 'provisioned', write_units: 100, existing: null } as const;
const cold = { least: 0, most: 0 };
const million = { least: 1_000_000, most: 1_000_000 };

describe('the cost of a load', () => {
  test('on demand is 0.625 dollars a million units, at 4,000 units a second', () => {
    const { onDemand } = loadCost(million, cold, provisioned);
    expect(onDemand.dollars.least).toBeCloseTo(0.625, 10);
    expect(onDemand.seconds).toEqual({ least: 250, most: 250 });
  });

  test('of 100 provisioned units is that of 3 whole hours for a million units', () => {
    const { asDeclared } = loadCost(million, cold, provisioned);
    expect(asDeclared?.seconds.most).toBe(10_000);
    expect(asDeclared?.dollars.most).toBeCloseTo(100 * 3 * 0.00065, 10);
  });

  test('within an hour takes 278 provisioned units for a million units, which cost 0.18 dollars', () => {
    const { withinHour: best } = loadCost(million, cold, provisioned);
    expect(best.writeUnits).toBe(278);
    expect(best.dollars.most).toBeCloseTo(0.1807, 10);
  });

  test('is an interval where the units are one', () => {
    const { onDemand } = loadCost({ least: 400_000, most: 800_000 }, cold, provisioned);
    expect(onDemand.dollars.least).toBeCloseTo(0.25, 10);
    expect(onDemand.dollars.most).toBeCloseTo(0.5, 10);
    expect(onDemand.seconds).toEqual({ least: 100, most: 200 });
  });

  test('a partition takes 1,000 units a second, whatever the table takes', () => {
    const { onDemand, withinHour: best } = loadCost(million, { least: 900_000, most: 900_000 }, provisioned);
    expect(onDemand.seconds.least).toBe(900);
    expect(best.seconds.most).toBeCloseTo(1_000_000 / 278, 5);
  });

  test('within an hour takes no more units than a table has by default: the load is then longer', () => {
    const { withinHour } = loadCost({ least: 288e6, most: 288e6 }, cold, provisioned);
    expect(withinHour).toMatchObject({ writeUnits: 40_000, seconds: { most: 7200 } });
    expect(withinHour.dollars.most).toBeCloseTo(40_000 * 2 * 0.00065, 10);
  });

  test('of a table that the deployment does not create is not known for its own setting', () => {
    expect(loadCost(million, cold, { ...provisioned, existing: 'orders' }).asDeclared).toBeNull();
  });

  test('of a table on demand is the same as on demand', () => {
    const { asDeclared, onDemand } = loadCost(million, cold, { ...provisioned, billing: 'on_demand' });
    expect(asDeclared).toEqual(onDemand);
  });
});
