import { describe, expect, it } from 'vitest';
import { fuzzDocument } from '../../../bench/fuzz/documents.ts';
import { fuzz } from '../../../bench/fuzz/fuzz.ts';
const at = (seed: number, index: number) => JSON.stringify(fuzzDocument(seed, index));

describe('the fuzz of the record reader', () => {
  it('finds no difference from csv-parse in 20,000 documents', { timeout: 120_000 }, () => {
    const { difference, documents } = fuzz({ documents: 20_000, seed: 20_261 });
    expect(difference).toBeNull();
    expect(documents).toBe(20_000);
  });

  it('gives the same document for the same numbers, and another for others', () => {
    expect(at(7, 12_345)).toBe(at(7, 12_345));
    expect(at(7, 12_345)).not.toBe(at(8, 12_345));
    expect(at(7, 12_345)).not.toBe(at(7, 12_346));
  });

  it('covers what a document can have', () => {
    const documents = Array.from({ length: 3_000 }, (_, index) => fuzzDocument(1, index));
    const texts = documents.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
    const share = (count: number): number => count / documents.length;
    expect(share(documents.filter(({ records }) => records === null).length)).toBeCloseTo(0.25, 1);
    expect(share(documents.filter(({ stops }) => stops.length > 1).length)).toBeGreaterThan(0.5);
    for (const lineEnd of ['\r\n', /[^\r]\n/, /\r(?!\n)/]) {
      expect(share(texts.filter((text) => text.search(lineEnd) >= 0).length)).toBeGreaterThan(0.2);
    }
    const widest = Math.max(
      ...documents.flatMap(({ records }) => (records ?? []).map((fields) => fields.length)),
    );
    // More than the reader has room for at first.
    expect(widest).toBeGreaterThan(64);
    const formats = new Set(documents.map(({ format }) => JSON.stringify(format)));
    expect(formats.size).toBeGreaterThan(500);
    expect(documents.some(({ format }) => format.escape !== format.quote)).toBe(true);
  });
});
