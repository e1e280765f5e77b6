import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ARRAY_BYTES, createSpareArrays } from '../../../src/core/settle/spare-arrays.ts';
import { createUnsettledText } from '../../../src/core/settle/unsettled-text.ts';

test('every slice behind what was dropped has the bytes of the file, whatever the pieces', () => {
  const piece = fc.record({
    bytes: fc.oneof(fc.nat(300), fc.integer({ min: ARRAY_BYTES - 2, max: 2 * ARRAY_BYTES + 2 })),
    dropped: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const file = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 31 + (index >> 8)) & 255);
  fc.assert(
    fc.property(fc.nat(1000), fc.array(piece, { maxLength: 12 }), (startBytes, pieces) => {
      const text = createUnsettledText(startBytes, createSpareArrays());
      let [first, end] = [startBytes, startBytes];
      for (const { bytes, dropped } of pieces) {
        text.push(file.subarray(end, end + bytes));
        end += bytes;
        first += Math.floor((end - first) * dropped);
        text.dropBefore(first);
        expect(Buffer.compare(text.slice(first, end), file.subarray(first, end))).toBe(0);
        expect(text.heldBytes).toBeLessThanOrEqual(end - first + 2 * ARRAY_BYTES);
      }
    }),
    { numRuns: 60 },
  );
});

test('a piece may be overwritten once it is pushed, and pages serve again', () => {
  const spare = createSpareArrays();
  const text = createUnsettledText(0, spare);
  const piece = new Uint8Array(ARRAY_BYTES).fill(1);
  text.push(piece);
  piece.fill(2);
  expect(text.slice(0, 2)).toEqual(Uint8Array.of(1, 1));
  text.dropBefore(ARRAY_BYTES);
  expect(text.heldBytes).toBe(0);
  const page = spare.take();
  expect(page[0]).toBe(1);
});
