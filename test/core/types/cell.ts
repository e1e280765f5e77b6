import { expect } from 'vitest';
import { DEFAULT_FORMAT, type Format } from '../../../src/core/csv/format.ts';
import { createRecordReader } from '../../../src/core/csv/record-reader.ts';
import type { CellSpec } from '../../../src/core/types/column-spec.ts';
import { createRow, NULL_VALUE, REFUSED } from '../../../src/core/types/column-type.ts';
import { compileCell, compileText } from '../../../src/core/types/compile-cell.ts';
import { SPARE_BYTES } from '../../../src/core/types/words.ts';

export type Attribute = Readonly<Record<string, unknown>>;

/** What becomes of a cell: an attribute in DynamoDB's JSON, null, or the codes and reasons of its faults. */
export type Fate = Attribute | null | readonly string[];

export type CellSetting = {
  readonly format?: Partial<Format>;
  readonly isKey?: boolean;
  readonly isQuoted?: boolean;
};

/** Writes the text as a cell of a file, between two others, and reads it. */
export function cell(spec: CellSpec, text: string, setting: CellSetting = {}): Fate {
  const isQuoted = setting.isQuoted ?? /[",\r\n]/.test(text);
  return rawCell(spec, isQuoted ? `"${text.replaceAll('"', '""')}"` : text, setting);
}

/** The same of a cell as it stands in the file. */
export function rawCell(
  spec: CellSpec,
  content: string | Uint8Array,
  { format: changes, isKey = false }: CellSetting = {},
): Fate {
  const format: Format = { ...DEFAULT_FORMAT, ...changes };
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const record = Uint8Array.from([
    ...new TextEncoder().encode(`77${format.delimiter}`),
    ...bytes,
    10,
    ...Array<number>(SPARE_BYTES).fill(0x37),
  ]);
  const reader = createRecordReader(format);
  reader.open(record, 0, record.length - SPARE_BYTES, true);
  expect(reader.next()).toBe(true);
  expect(reader.fieldCount).toBe(2);
  const { write, opening, closing, room } = compileCell(spec, format, isKey);
  const most = room.perByte * bytes.length + room.more;
  const row = createRow(reader, record, new Uint8Array(most + SPARE_BYTES + 7));
  const out = write(row, 1, 7);
  if (out === NULL_VALUE) return null;
  if (out === REFUSED) return row.refusals.map(({ code, reason }) => `${code}: ${reason}`);
  expect(out - 7).toBeLessThanOrEqual(most);
  const value = new TextDecoder('utf-8', { fatal: true }).decode(row.to.bytes.subarray(7, out));
  const attribute = JSON.parse(opening + value + closing) as Attribute;
  expectSize(attribute, row.valueBytes);
  return attribute;
}

/** What becomes of a text that is computed. */
export function textValue(spec: CellSpec, text: string): Fate {
  const compiled = compileText(spec, DEFAULT_FORMAT);
  const { opening, closing, room } = compiled;
  const length = new TextEncoder().encode(text).length;
  const row = createRow(
    createRecordReader(DEFAULT_FORMAT),
    new Uint8Array(),
    new Uint8Array(room.perByte * length + room.more + SPARE_BYTES),
  );
  const out = compiled.write(row, text, 0);
  if (out === NULL_VALUE) return null;
  if (out === REFUSED) return row.refusals.map(({ code, reason }) => `${code}: ${reason}`);
  return JSON.parse(opening + new TextDecoder().decode(row.to.bytes.subarray(0, out)) + closing) as Attribute;
}

/** Exact but for numbers, whose size AWS describes as approximate: ours is never less. */
function expectSize(attribute: Attribute, valueBytes: number): void {
  const { least, most } = sizeOf(attribute);
  expect(valueBytes).toBeGreaterThanOrEqual(least);
  expect(valueBytes).toBeLessThanOrEqual(most);
}

/** "DynamoDB Item sizes and formats", by code that shares nothing with the subject. */
function sizeOf(attribute: Attribute): { least: number; most: number } {
  const [[tag, value]] = Object.entries(attribute) as [[string, never]];
  const sum = (parts: readonly { least: number; most: number }[], more: number) => ({
    least: parts.reduce((total, part) => total + part.least, more),
    most: parts.reduce((total, part) => total + part.most, more),
  });
  const exactly = (bytes: number) => ({ least: bytes, most: bytes });
  const number = (text: string) => {
    const digits = text
      .replace(/[eE].*/, '')
      .replace(/[-+.]/g, '')
      .replace(/^0+|0+$/g, '').length;
    return { least: Math.ceil(digits / 2) + 1, most: Math.ceil(text.length / 2) + 1 };
  };
  switch (tag) {
    case 'S':
      return exactly(Buffer.byteLength(value));
    case 'N':
      return number(value);
    case 'BOOL':
    case 'NULL':
      return exactly(1);
    case 'B':
      return exactly(Buffer.from(value, 'base64').length);
    case 'SS':
      return exactly((value as string[]).reduce((total, text) => total + Buffer.byteLength(text), 0));
    case 'NS':
      return sum((value as string[]).map(number), 0);
    case 'L':
      return sum((value as Attribute[]).map(sizeOf), 3 + (value as Attribute[]).length);
    case 'M':
      return sum(
        Object.entries(value as Record<string, Attribute>).map(([name, part]) =>
          sum([sizeOf(part)], Buffer.byteLength(name) + 1),
        ),
        3,
      );
    default:
      throw new Error(`no type ${tag}`);
  }
}
