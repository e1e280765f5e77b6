/**
 * Units that may be read and not settled, so that what waits is never more than some seconds of the table: rows that were written
 * out of the file's order may be written again after a crash. It grows as long as the table has not held back. Then it is as
 * small as it can be while the rate is used: where the lanes in the window do not use it, more of them are needed.
 */
export type Window = {
  readonly units: number;
  /** Units were written, and the table has not held back yet. */
  written(units: number): void;
  /** An interval has ended in which the table has not held back yet. */
  open(): void;
  /** An interval has ended at this rate; `isUsed`: the rate was used. */
  fit(rate: number, isUsed: boolean): void;
};

const FIRST_UNITS = 500;
const SMALLEST_UNITS = 100;
/** Beyond this the loader's memory is the limit. */
const LARGEST_UNITS = 4_000_000;
const OPENING_GROWTH = 2;
/** The window of a table whose rate is known. */
const WINDOW_SECONDS = 2;
const GROWTH = 1.25;
const SHRINKING = 0.99;

export function createWindow(): Window {
  let windowUnits = FIRST_UNITS;
  return {
    get units() {
      return windowUnits;
    },
    written: (units) => {
      windowUnits += units;
    },
    open: () => {
      windowUnits = Math.min(LARGEST_UNITS, windowUnits * OPENING_GROWTH);
    },
    fit: (rate, isUsed) => {
      const leastUnits = Math.max(SMALLEST_UNITS, rate * WINDOW_SECONDS);
      const wantedUnits = windowUnits * (isUsed ? SHRINKING : GROWTH);
      windowUnits = Math.max(leastUnits, Math.min(LARGEST_UNITS, wantedUnits));
    },
  };
}
