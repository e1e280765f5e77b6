import { expect, test } from 'vitest';
import {
  isRejectHeader,
  rejectColumns,
  rejectMark,
  repairColumns,
} from '../../../../src/core/csv/header/reject-columns.ts';

const A = 'a'.repeat(20);
const B = 'b'.repeat(20);
const mark = (text: string) => rejectMark(new TextEncoder().encode(text));

test('the header of a reject file names its import, and those before it', () => {
  const names = [...rejectColumns(B), ...rejectColumns(A), 'id'];
  expect(repairColumns(names)).toEqual([
    { importId: B, field: 0 },
    { importId: A, field: 4 },
  ]);
});

test('a header without an import is one of a reject file, which repairs nothing known', () => {
  const names = ['sluice_line', 'sluice_column', 'sluice_code', 'sluice_reason', 'id'];
  expect(isRejectHeader(names)).toBe(true);
  expect(repairColumns(names)).toEqual([]);
});

test('of a file that was rejected again and again, the original import counts', () => {
  const ids = Array.from({ length: 20 }, (_, index) => String(index).padStart(20, '0'));
  const columns = repairColumns([...ids.flatMap(rejectColumns), 'id']);
  expect(columns).toHaveLength(8);
  expect(columns.at(-1)).toEqual({ importId: ids[19], field: 76 });
});

test.each([
  [`sluice_line_${A},sluice_column`, A],
  [`\ufeff"sluice_line_${A}";"sluice_column"`, A],
  ['sluice_line\tsluice_column', ''],
  ['sluice_lines,a', null],
  ['id,sluice_line,', null],
  ['', null],
])('the first bytes of %j say which import it repairs', (text, importId) => {
  expect(mark(text)).toBe(importId);
});
