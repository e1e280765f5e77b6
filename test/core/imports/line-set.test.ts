import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeLines,
  encodeLines,
  hasLine,
  joinedLines,
  lineCount,
  lineSet,
} from '../../../src/core/imports/line-set.ts';

const line = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
const lines = fc.array(line);

test('holds each line once, in ranges of neighbours', () => {
  expect(lineSet([7, 3, 2, 7, 3, 4])).toEqual([2, 4, 7, 7]);
  expect(lineSet([0, -1, 1.5, Number.NaN, 2 ** 53])).toEqual([]);
});

test('has the lines of both, however they are joined', () => {
  fc.assert(
    fc.property(lines, lines, fc.integer({ min: 1, max: 41 }), (a, b, one) => {
      const joined = joinedLines(lineSet(a), lineSet(b));
      const all = new Set([...a, ...b]);
      expect(joined).toEqual(lineSet(all));
      expect(lineCount(joined)).toBe(all.size);
      expect(joinedLines(joined, lineSet(b))).toEqual(joined);
      expect(hasLine(joined, one)).toBe(all.has(one));
      expect(decodeLines(encodeLines(joined))).toEqual(joined);
    }),
  );
});
