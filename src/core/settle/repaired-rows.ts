/**
 * The rows of a block that a reject file gives again: of each, its line in this file, and its line in each of the imports that the
 * file repairs.
 */
export type RepairedRows = {
  /** A number of `lines` that is 0 is not known. */
  add(line: number, lines: readonly number[]): void;
  readonly heldBytes: number;
  /** Adds the lines to those of each import, without the rows whose line in this file is in `refused`. */
  collect(into: readonly number[][], refused: ReadonlySet<number> | null): void;
};

const NUMBER_BYTES = 8;

export function createRepairedRows(): RepairedRows {
  const numbers: number[] = [];
  let width = 1;
  return {
    add(line, lines) {
      width = lines.length + 1;
      numbers.push(line, ...lines);
    },
    get heldBytes() {
      // The array grows by half, and the lines are copied once.
      return numbers.length * NUMBER_BYTES * 2;
    },
    collect(into, refused) {
      for (let at = 0; at < numbers.length; at += width) {
        if (refused?.has(numbers[at]!) === true) continue;
        for (let index = 1; index < width; index++)
          if (numbers[at + index]! > 0) into[index - 1]!.push(numbers[at + index]!);
      }
    },
  };
}
