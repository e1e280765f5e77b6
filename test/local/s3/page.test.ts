import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../../../local/s3/bucket.ts';
import { listPage } from '../../../local/s3/page.ts';

const keySets = fc.uniqueArray(
  fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é', '😀', '\ufb01'), maxLength: 6 }),
  {
    maxLength: 30,
  },
);

test('pages of any size together contain what one page contains', () => {
  fc.assert(
    fc.property(
      keySets,
      fc.constantFrom('', 'a', 'a/', 'é'),
      fc.constantFrom('', '/'),
      fc.integer({ min: 1, max: 7 }),
      (unsorted, prefix, delimiter, limit) => {
        const keys = unsorted.filter((key) => key !== '').sort(compareKeys);
        const whole = listPage(keys, { prefix, delimiter, after: '', limit: 1000 });
        expect(whole.isTruncated).toBe(false);
        const paged = [];
        for (let after = '', more = true; more;) {
          const page = listPage(keys, { prefix, delimiter, after, limit });
          expect(page.entries.length).toBeLessThanOrEqual(limit);
          paged.push(...page.entries);
          after = page.entries.at(-1)?.name ?? after;
          more = page.isTruncated;
        }
        expect(paged).toEqual(whole.entries);
      },
    ),
  );
});

test('each key is listed, alone or under its prefix', () => {
  fc.assert(
    fc.property(keySets, fc.constantFrom('', 'a', 'a/'), (unsorted, prefix) => {
      const keys = unsorted.filter((key) => key !== '').sort(compareKeys);
      const { entries } = listPage(keys, { prefix, delimiter: '/', after: '', limit: 1000 });
      const expected = keys
        .filter((key) => key.startsWith(prefix))
        .map((key) => prefix + (/^[^/]*\/?/.exec(key.slice(prefix.length))?.[0] ?? ''));
      expect(entries.map(({ name }) => name)).toEqual([...new Set(expected)]);
    }),
  );
});

test('a page of nothing is not truncated', () => {
  expect(listPage(['a', 'b'], { prefix: '', delimiter: '', after: '', limit: 0 })).toEqual({
    entries: [],
    isTruncated: false,
  });
});
