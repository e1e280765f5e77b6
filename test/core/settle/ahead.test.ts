import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createFateReader,
  createFateWriter,
  type Fate,
  PENDING,
  sealOf,
  SUPERSEDED,
  WRITTEN,
} from '../../../src/core/settle/ahead.ts';
import { type Dataset, parseDatasets } from '../../../src/core/dataset/dataset.ts';

const seal = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function write(fates: readonly Fate[], mostBytes = 64 * 1024): Uint8Array | undefined {
  const writer = createFateWriter(seal, mostBytes);
  for (const fate of fates) writer.add(fate);
  return writer.end();
}

function read(ahead: Uint8Array | undefined, count: number): Fate[] {
  const reader = createFateReader(ahead, seal);
  return Array.from({ length: count }, () => reader.next());
}

/** Runs of one fate, from single items to thousands. */
const fates = fc
  .array(
    fc.tuple(
      fc.constantFrom<Fate>(PENDING, WRITTEN, SUPERSEDED),
      fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3000 })),
    ),
    { maxLength: 40 },
  )
  .map((runs) => runs.flatMap(([fate, length]) => Array.from({ length }, () => fate)));

describe('the fates of items beyond a checkpoint', () => {
  test('are read as they were written, and PENDING after the last', () => {
    fc.assert(
      fc.property(fates, (given) => {
        expect(read(write(given), given.length + 9)).toEqual([
          ...given,
          ...Array.from({ length: 9 }, () => PENDING),
        ]);
      }),
    );
  });

  test('use at most the given bytes: items without room are PENDING', () => {
    fc.assert(
      fc.property(fates, fc.integer({ min: 8, max: 200 }), (given, mostBytes) => {
        const ahead = write(given, mostBytes);
        expect(ahead?.length ?? 0).toBeLessThanOrEqual(mostBytes);
        const found = read(ahead, given.length);
        const firstLost = found.findIndex((fate, index) => fate !== given[index]);
        if (firstLost === -1) return;
        expect(found.slice(firstLost).every((fate) => fate === PENDING)).toBe(true);
      }),
    );
  });

  test('use two bits an item if they alternate, and almost nothing if they repeat', () => {
    const mixed = Array.from({ length: 200_000 }, (_, index) => ((index * 7919) % 3) as Fate);
    expect(write(mixed)!.length).toBeLessThan(51_000);
    const million = Array.from({ length: 1_000_000 }, (): Fate => WRITTEN);
    expect(write(million)!.length).toBeLessThan(4000);
  });

  test('are empty if every item is PENDING', () => {
    expect(write([])).toBeUndefined();
    expect(write(Array.from({ length: 1000 }, (): Fate => PENDING))).toBeUndefined();
  });

  test('are ignored with another seal, and no bytes are no fates', () => {
    const other = createFateReader(write([WRITTEN, WRITTEN]), seal.toReversed());
    expect([other.isAtEnd, other.next()]).toEqual([true, PENDING]);
    expect(read(undefined, 2)).toEqual([PENDING, PENDING]);
  });

  test('can be read from the same position by a copy', () => {
    const given = [WRITTEN, SUPERSEDED, PENDING, WRITTEN, WRITTEN, SUPERSEDED] as const;
    const reader = createFateReader(write(given), seal);
    expect([reader.next(), reader.next()]).toEqual([WRITTEN, SUPERSEDED]);
    const copy = reader.copy();
    const rest = () => [copy.next(), copy.next(), copy.next(), copy.next()];
    expect(rest()).toEqual(given.slice(2));
    expect(reader.next()).toBe(PENDING);
    expect(reader.next()).toBe(WRITTEN);
  });
});

test('the seal is of the dataset document', () => {
  const [one] = parseDatasets({ a: { source: { prefix: 'a/' }, table: { partition_key: 'id' } } });
  const [other] = parseDatasets({ a: { source: { prefix: 'a/' }, table: { partition_key: 'key' } } });
  expect(sealOf(one as Dataset)).toHaveLength(8);
  expect(sealOf(one as Dataset)).not.toEqual(sealOf(other as Dataset));
});
