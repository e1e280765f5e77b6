import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../../src/core/types/column-spec.ts';
import { cell } from '../cell.ts';

const gtfs: CellSpec = { type: 'time', max: '47:59:59' };

describe('time', () => {
  test.each<[CellSpec, string, string]>([
    [{ type: 'time' }, '08:05:00', '08:05:00'],
    [{ type: 'time' }, '8:05', '08:05:00'],
    [{ type: 'time' }, '23:59:59.5', '23:59:59.500'],
    [{ type: 'time' }, '00:00', '00:00:00'],
    [gtfs, '8:05:00', '08:05:00'],
    [gtfs, '25:10:00', '25:10:00'],
    [{ type: 'time', max: '200:00:00' }, '8:05:00', '008:05:00'],
    [{ type: 'time', format: ['h:mm a'] }, '12:05 am', '00:05:00'],
    [{ type: 'time', format: ['h:mm a'] }, '12:05 PM', '12:05:00'],
    [{ type: 'time', format: ['HHmm'] }, '2359', '23:59:00'],
    [{ type: 'time', store: 'text' }, '8:05', '8:05'],
    [{ type: 'time', store: 'h:mm a' }, '13:05', '1:05 PM'],
    [{ ...gtfs, store: 'HH:mm' }, '25:10:00', '25:10'],
  ])('%j: %s becomes %s', (spec, text, value) => {
    expect(cell(spec, text)).toEqual({ S: value });
  });

  test.each<[CellSpec, string]>([
    [{ type: 'time' }, '24:00:00'],
    [{ type: 'time' }, '08:60:00'],
    [{ type: 'time' }, '08:00:60'],
    [{ type: 'time' }, '8'],
    [{ type: 'time' }, '8:5'],
    [{ type: 'time' }, '-08:00:00'],
    [{ type: 'time' }, '08:00:00Z'],
    [{ type: 'time' }, '1234:00:00'],
    [{ type: 'time', format: ['h:mm a'] }, '13:05 pm'],
    [{ type: 'time', format: ['h:mm a'] }, '0:05 am'],
  ])('%j: %s is refused', (spec, text) => {
    const formats = spec.format ?? ['iso'];
    expect(cell(spec, text)).toEqual([
      `time-invalid: ${JSON.stringify(text)} is not a time (format: ${formats.join(', ')})`,
    ]);
  });
});
