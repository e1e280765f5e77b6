import { describe, expect, it } from 'vitest';
import { type FuzzDocument, fuzzDocument } from '../../../bench/fuzz/documents.ts';
import { fuzz } from '../../../bench/fuzz/fuzz.ts';
import { fuzzTables } from '../../../bench/fuzz/fuzz-tables.ts';
import { fuzzTable } from '../../../bench/fuzz/tables.ts';
import type { Format } from '../../../src/core/csv/format.ts';

const at = (seed: number, index: number) => JSON.stringify(fuzzDocument(seed, index));

describe('the fuzz of the record reader', () => {
  it(
    'finds no difference from the slow reader and csv-parse in 20,000 documents',
    { timeout: 120_000 },
    () => {
      const { difference, documents } = fuzz({ documents: 20_000, seed: 20_261 });
      expect(difference).toBeNull();
      expect(documents).toBe(20_000);
    },
  );

  it('finds no difference from what 1,500 files were written from', { timeout: 120_000 }, async () => {
    const { difference, compared } = await fuzzTables({ tables: 1500, seed: 20_261 });
    expect(difference).toBeNull();
    expect(compared).toBeGreaterThan(150);
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
    for (const has of [
      ({ format }: FuzzDocument) => format.encoding !== 'utf-8',
      ({ format }: FuzzDocument) => format.backslash_escapes,
      ({ format }: FuzzDocument) => format.quote === null,
      ({ format }: FuzzDocument) => format.comment.length > 0,
      ({ format }: FuzzDocument) => format.line_end !== 'any',
      ({ records }: FuzzDocument) => records?.some((cells) => cells.includes(null)) === true,
    ]) {
      expect(share(documents.filter(has).length)).toBeGreaterThan(0.02);
    }
  });

  it('covers what a file can have around its rows', () => {
    const tables = Array.from({ length: 3000 }, (_, index) => fuzzTable(1, index));
    const formats = tables.map(({ format }) => format);
    for (const has of [
      ({ skip_lines }: Format) => typeof skip_lines === 'number' && skip_lines > 0,
      ({ skip_lines }: Format) => typeof skip_lines === 'object',
      ({ skip_footer }: Format) => typeof skip_footer === 'number' && skip_footer > 0,
      ({ skip_footer }: Format) => typeof skip_footer === 'object',
      ({ header }: Format) => header === 0,
      ({ header }: Format) => header === 2,
      ({ encoding }: Format) => encoding.startsWith('utf-16'),
      ({ blank_names }: Format) => blank_names === 'drop',
      ({ duplicate_names }: Format) => duplicate_names === 'number',
      ({ short_rows }: Format) => short_rows === 'pad',
      ({ long_rows }: Format) => long_rows === 'drop_empty',
      ({ quoted_nulls }: Format) => quoted_nulls,
    ]) {
      expect(formats.filter(has).length).toBeGreaterThan(100);
    }
    expect(tables.some(({ outcomes }) => outcomes.includes('rejected'))).toBe(true);
  });
});
