import { expect, test } from 'vitest';
import { encodeLines, lineSet } from '../../../src/core/imports/line-set.ts';
import { MOST_LINES_BYTES, noRepairs, repairCount, withRepairs } from '../../../src/core/imports/repairs.ts';

test('lines that are added again change nothing', () => {
  const once = withRepairs(noRepairs, lineSet([3, 5]));
  expect(once).toEqual({ lines: [3, 3, 5, 5], isComplete: true });
  expect(withRepairs(once, lineSet([5]))).toBe(once);
});

test('the record has room for 65,536 single lines, however far apart', () => {
  const apart = lineSet(Array.from({ length: 65_536 }, (_, index) => (index + 1) * 2_000_000));
  expect(encodeLines(apart).length).toBeLessThanOrEqual(MOST_LINES_BYTES);
});

test('lines that do not fit are left out, and the count says so', () => {
  const known = withRepairs(noRepairs, lineSet([3, 5]), 8);
  const full = withRepairs(known, lineSet([100, 200, 300]), 8);
  expect(full).toEqual({ lines: known.lines, isComplete: false });
  expect(withRepairs(full, lineSet([100, 200, 300]), 8)).toBe(full);
  expect(repairCount(full, 5)).toEqual({ rows: 2, of: 5, isComplete: false });
});

test('no more rows are repaired than were rejected', () => {
  expect(repairCount({ lines: lineSet([2, 3, 999]), isComplete: false }, 2)).toEqual({
    rows: 2,
    of: 2,
    isComplete: true,
  });
});
