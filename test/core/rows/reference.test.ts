import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapRows } from './map-row.ts';
import { document, header, resolved, row, written } from './random-documents.ts';
import { referenceItems } from './reference.ts';

test('items are what a slow reference makes of the same cells, for any document and any bytes', () => {
  const seen = { items: 0, rejected: 0, skipped: 0 };
  fc.assert(
    fc.property(document, fc.array(row, { minLength: 1, maxLength: 4 }), (value, rows) => {
      const dataset = resolved(value);
      fc.pre(dataset !== null);
      // A row without any cell is blank, and no row.
      const filled = rows.filter((cells) => cells.some((cell) => cell !== null && cell !== ''));
      const outcomes = mapRows(dataset, header, filled.map((cells) => `${written(cells)}\n`).join(''));
      for (const [index, cells] of filled.entries()) {
        const { items, faults, isSkipped } = outcomes[index]!;
        const expected = referenceItems(dataset, header, cells);
        const made = isSkipped
          ? 'skipped'
          : faults === undefined
            ? { items: items.map(({ item }) => item) }
            : 'rejected';
        expect(made).toEqual(expected);
        seen[typeof expected === 'string' ? expected : 'items']++;
      }
    }),
    { numRuns: 150 },
  );
  // Generated rows are of every kind.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
}, 120_000);
