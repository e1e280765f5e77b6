import { createResult, type Refusal, type Result, type ValueWriter } from '../column-type.ts';
import { SPARE_BYTES } from '../words.ts';
import { createScratch, encodeText } from './scratch.ts';

/** The value of a text of the dataset itself, such as a bound or a default. */
export type Evaluated = {
  /** What the writer writes. */
  readonly bytes: Uint8Array;
  readonly valueBytes: number;
  readonly instantMs: number;
};

/** Enough for the value of any text that a document has. */
const ROOM_PER_BYTE = 16;
const MORE_ROOM = 256;

/** null: the text has no value (an empty set). */
export function evaluate(write: ValueWriter, text: string): Evaluated | readonly Refusal[] | null {
  const { words, length } = encodeText(text, createScratch());
  const result: Result = createResult(new Uint8Array(length * ROOM_PER_BYTE + MORE_ROOM + SPARE_BYTES));
  const end = write(result, words, 0, length, 0);
  if (end < 0) return result.refusals.length > 0 ? result.refusals : null;
  return {
    bytes: result.to.bytes.slice(0, end),
    valueBytes: result.valueBytes,
    instantMs: result.instantMs,
  };
}
