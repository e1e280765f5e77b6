import { expect, test } from 'vitest';
import { lineText, waitWords } from '../../../src/cli/imports/progress-bar.ts';

test.each([
  ['few rows', '', '0 rows · 0 rows/s · 0 rejected · … left', 24],
  ['few rows of one of many files', '12/345 ', '0 rows · 0 rows/s · 0 rejected · … left', 24],
  ['a million', '', '1,000,000 rows · 150,000 rows/s · 1,000 rejected · 12 min left', 10],
])(
  'a bar with %s has less than 80 columns, and the bar takes what the words leave',
  (_, label, words, barWidth) => {
    const line = lineText({ part: 0.5, words }, 80, label);
    expect(line.length).toBeLessThan(80);
    expect(line.startsWith(`${label}█`)).toBe(true);
    expect(line).toContain(` 50% · ${words}`);
    expect(line.replaceAll(/[^█░]/g, '')).toHaveLength(barWidth);
  },
);

test('the waiting line says for what and how long, in 80 columns', () => {
  const first = waitWords(1000, { isFirst: true, fromMs: 0, untilMs: 48_500 });
  expect(first).toBe('another process is loading this file, or was killed; waiting: 48 s');
  const again = waitWords(7_200_000, { isFirst: false, fromMs: 0, untilMs: 7_260_000 });
  expect(again).toBe('another process is loading this file: waiting for it, 2.0 h so far');
  for (const words of [first, again]) {
    expect(words.length).toBeLessThanOrEqual(80);
    expect(lineText({ part: null, words }, 80, '')).toBe(words);
  }
});
