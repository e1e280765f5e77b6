import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../../src/core/types/column-spec.ts';
import { createRow } from '../../../../src/core/types/column-type.ts';
import { compileText } from '../../../../src/core/types/compile-cell.ts';
import { DEFAULT_FORMAT } from '../../../../src/core/csv/format.ts';
import { createRecordReader } from '../../../../src/core/csv/record-reader.ts';
import { cell, textValue } from '../cell.ts';

const NULL_FAULT = ['null-value: the cell is empty or null, and the column needs a value'];

describe('null words', () => {
  test.each<[CellSpec, string, boolean]>([
    [{ null_values: ['', 'NULL', 'N/A'] }, 'NULL', true],
    [{ null_values: ['', 'NULL', 'N/A'] }, 'N/A', true],
    [{ null_values: ['', 'NULL', 'N/A'] }, '', true],
    [{ null_values: ['', 'NULL', 'N/A'] }, 'null', false],
    [{ null_values: ['', 'NULL', 'N/A'] }, 'NULLS', false],
    [{ null_values: ['NULL'] }, '', false],
    [{ null_values: ['NULL'], trim: true }, ' NULL ', true],
    [{ null_values: ['NULL'] }, ' NULL ', false],
    [{ null_values: ['\u2014'] }, '\u2014', true],
    [{ null_values: ['$'], strip: ['$'] }, '$', true],
  ])('%j: %j', (spec, text, isNull) => {
    expect(cell(spec, text)).toEqual(isNull ? null : { S: text });
  });

  test('a quoted word is null only with quoted_nulls', () => {
    const spec: CellSpec = { null_values: ['', 'NULL'] };
    expect(cell(spec, 'NULL', { isQuoted: true })).toEqual({ S: 'NULL' });
    expect(cell({ ...spec, quoted_nulls: true }, 'NULL', { isQuoted: true })).toBeNull();
    expect(cell({ ...spec, quoted_nulls: true }, '', { isQuoted: true })).toBeNull();
    expect(cell({ quoted_nulls: true }, '', { isQuoted: true })).toBeNull();
  });

  test('are those of the format, if the column has none', () => {
    expect(cell({}, '', { format: { null_values: [] } })).toEqual({ S: '' });
    const format = { null_values: ['', 'NaN'] };
    expect(cell({ type: 'number' }, 'NaN', { format })).toBeNull();
    expect(cell({ type: 'number', null_values: [] }, 'NaN', { format })).toEqual([
      'number-invalid: "NaN" is not a number',
    ]);
  });
});

describe('null', () => {
  test.each<[CellSpec, string]>([
    [{ not_null: true }, ''],
    [{ not_null: true, type: 'number' }, ''],
    [{ on_null: 'reject' }, ''],
    [{ on_null: 'reject', null_values: ['-'] }, '-'],
    [{ on_null: 'reject', strip: ['$'], type: 'number' }, '$'],
  ])('is refused by %j', (spec, text) => {
    expect(cell(spec, text)).toEqual(NULL_FAULT);
  });

  test('is refused by on_null: reject of the format as well', () => {
    expect(cell({}, '', { format: { on_null: 'reject' } })).toEqual(NULL_FAULT);
    expect(cell({ on_null: 'omit' }, '', { format: { on_null: 'reject' } })).toBeNull();
  });

  test('takes the default, which is read like a cell', () => {
    expect(cell({ default: 'none' }, '')).toEqual({ S: 'none' });
    expect(cell({ type: 'number', default: '0,5', decimal: ',' }, '')).toEqual({ N: '0.5' });
    expect(cell({ type: 'number', default: '5', divide: 100 }, '')).toEqual({ N: '5' });
    expect(cell({ type: 'boolean', default: 'no' }, '')).toEqual({ BOOL: false });
    expect(cell({ type: 'date', format: ['dd.MM.yyyy'], default: '01.02.2024' }, '')).toEqual({
      S: '2024-02-01',
    });
    expect(cell({ default: 'none', not_null: true }, '')).toEqual({ S: 'none' });
    expect(cell({ default: 'none' }, 'x')).toEqual({ S: 'x' });
    expect(cell({ default: '0', not_null: true, null_values: ['-'], type: 'integer' }, '-')).toEqual({
      N: '0',
    });
  });

  test('says that it took the default', () => {
    const text = compileText({ default: 'none' }, DEFAULT_FORMAT);
    const row = createRow(createRecordReader(DEFAULT_FORMAT), new Uint8Array(), new Uint8Array(100));
    text.write(row, 'x', 0);
    expect(row.usedDefault).toBe(false);
    text.write(row, '', 0);
    expect(row.usedDefault).toBe(true);
  });
});

describe('a computed text', () => {
  test('is read like an unquoted cell', () => {
    expect(textValue({}, '')).toBeNull();
    expect(textValue({ type: 'number' }, '1.50')).toEqual({ N: '1.50' });
    expect(textValue({ type: 'number' }, 'x')).toEqual(['number-invalid: "x" is not a number']);
    expect(
      textValue(
        { type: 'datetime', time_zone: 'Europe/Berlin', format: ['dd.MM.yyyy HH:mm'] },
        '01.07.2024 10:00',
      ),
    ).toEqual({ S: '2024-07-01T08:00:00.000Z' });
  });
});
