import { describe, expect, it } from 'vitest';
import { measure, median } from '../../bench/measure.ts';

describe('a measure', () => {
  it('has a ratio of 1 or more where the value is at least what was asked', () => {
    expect(measure('speed', '', 330, 'rows/s', { atLeast: 300 }).ratio).toBeCloseTo(1.1);
    expect(measure('speed', '', 150, 'rows/s', { atLeast: 300 }).ratio).toBe(0.5);
  });

  it('has a ratio of 1 or more where the value is at most what was asked', () => {
    expect(measure('memory', '', 80, 'MB', { atMost: 160 }).ratio).toBe(2);
    expect(measure('memory', '', 320, 'MB', { atMost: 160 }).ratio).toBe(0.5);
  });

  it('has none where nothing was asked', () => {
    expect(measure('start', '', 400, 'ms')).toMatchObject({ value: 400, target: null, ratio: null });
  });

  it.each([
    [[3], 3],
    [[5, 1, 9], 5],
    [[4, 1, 2, 8], 3],
  ])('is told by the median of its runs: of %j it is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});
