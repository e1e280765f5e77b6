import { describe, expect, test } from 'vitest';
import { MAX_COLUMNS, columnNames, headerCells } from '../../../../src/core/csv/header/header.ts';
import { REJECT_COLUMNS } from '../../../../src/core/csv/header/reject-columns.ts';
import { DEFAULT_FORMAT } from '../../../../src/core/csv/format.ts';
import { createRecordReader } from '../../../../src/core/csv/record-reader.ts';

const format = {
  ...DEFAULT_FORMAT,
  delimiter: ',',
  quote: '"',
  escape: '"',
  trim: false,
  stray_quotes: 'reject',
} as const;

function namesOf(header: string): readonly string[] {
  const content = new TextEncoder().encode(header);
  const bytes = new Uint8Array(content.length + 1);
  bytes.set(content);
  const reader = createRecordReader(format);
  reader.open(bytes, 0, content.length, true);
  expect(reader.next()).toBe(true);
  return columnNames(headerCells(reader, bytes, format, 1), format, 1);
}

const columns = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

describe('a header', () => {
  test('may have the maximum of columns, and those of a reject file in addition', () => {
    const names = columns(MAX_COLUMNS);
    expect(namesOf(names.join(','))).toEqual(names);
    expect(namesOf([...REJECT_COLUMNS, ...names].join(','))).toHaveLength(MAX_COLUMNS + 4);
  });

  test.each([MAX_COLUMNS + 1, MAX_COLUMNS + 4, MAX_COLUMNS + 5, 100_000, 4_000_000])(
    'of %i columns is refused, with how many there are',
    (count) => {
      const header = count > 100_000 ? ','.repeat(count - 1) : columns(count).join(',');
      expect(() => namesOf(header)).toThrow(
        expect.objectContaining({
          code: 'too-many-columns',
          message: expect.stringContaining(`${count} columns; at most 16384`),
        }),
      );
    },
  );

  test('with many columns that repeats the last one says where both are', () => {
    const names = columns(MAX_COLUMNS - 1);
    expect(() => namesOf([...names, 'c7'].join(','))).toThrow(
      `names 'c7' twice, as columns 8 and ${MAX_COLUMNS}`,
    );
  });

  test('shows a bounded part of a long name', () => {
    const name = 'n'.repeat(60_000);
    expect(() => namesOf(`${name},${name}`)).toThrow(/^.{0,500}$/s);
  });
});
