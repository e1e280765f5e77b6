import type { TableSpec } from '../dataset/resolved/table-spec.ts';
import { PRICES } from './prices.ts';

/** What a load may cost and how long it takes: a range, because the write units are one. */
export type CostEstimate = {
  /** Write units a second; null: on demand, from the 4,000 that a new table takes. */
  readonly writeUnits: number | null;
  readonly seconds: Range;
  readonly dollars: Range;
};

export type Range = { readonly least: number; readonly most: number };

/** An estimate, for prices of one region. Storage, streams and indexes are not in it. */
export type LoadCost = {
  readonly isEstimate: true;
  readonly region: string;
  readonly asOf: string;
  /** On the table's own setting; null: the document does not know it (`table.existing`). */
  readonly asDeclared: CostEstimate | null;
  readonly onDemand: CostEstimate;
  /** With the fewest provisioned units that load the file within an hour, or with the most that a table has. */
  readonly withinHour: CostEstimate;
};

/** "Read/write capacity mode", Amazon DynamoDB Developer Guide: a new on-demand table takes 4,000 write units a second. */
const NEW_ON_DEMAND_UNITS = 4000;
/** "Burst and adaptive capacity": one partition takes 1,000 write units a second. */
export const PARTITION_UNITS = 1000;
/** "Quotas in Amazon DynamoDB": of a table, by default. */
const MOST_TABLE_UNITS = 40_000;
const HOUR_SECONDS = 3600;

/**
 * The cost of writing so many units. `hotUnits`: of the hottest partition key, whose partition limits how fast the load can be. Burst
 * credit of a provisioned table is not counted.
 */
export function loadCost(
  units: Range,
  hotUnits: Range,
  table: Pick<TableSpec, 'billing' | 'write_units' | 'existing'>,
): LoadCost {
  const { region, asOf } = PRICES;
  return {
    isEstimate: true,
    region,
    asOf,
    asDeclared: declared(),
    onDemand: onDemand(),
    withinHour: provisioned(clamp(Math.ceil(units.most / HOUR_SECONDS))),
  };

  function declared(): CostEstimate | null {
    if (table.existing !== null) return null;
    return table.billing === 'on_demand' ? onDemand() : provisioned(table.write_units);
  }

  function onDemand(): CostEstimate {
    const price = PRICES.onDemandWriteUnit;
    return {
      writeUnits: null,
      seconds: secondsAt(NEW_ON_DEMAND_UNITS),
      dollars: { least: units.least * price, most: units.most * price },
    };
  }

  function provisioned(writeUnits: number): CostEstimate {
    const seconds = secondsAt(writeUnits);
    return {
      writeUnits,
      seconds,
      dollars: { least: dollarsOf(writeUnits, seconds.least), most: dollarsOf(writeUnits, seconds.most) },
    };
  }

  function secondsAt(unitsASecond: number): Range {
    return {
      least: Math.max(units.least / unitsASecond, hotUnits.least / PARTITION_UNITS),
      most: Math.max(units.most / unitsASecond, hotUnits.most / PARTITION_UNITS),
    };
  }
}

function clamp(writeUnits: number): number {
  return Math.min(MOST_TABLE_UNITS, Math.max(1, writeUnits));
}

/** Capacity is billed by the hour. */
function dollarsOf(writeUnits: number, seconds: number): number {
  return writeUnits * Math.max(1, Math.ceil(seconds / HOUR_SECONDS)) * PRICES.provisionedWriteUnitHour;
}
