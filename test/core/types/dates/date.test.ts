import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../../src/core/types/column-spec.ts';
import { cell } from '../cell.ts';

const spec = (...format: string[]): CellSpec => ({ type: 'date', format });
const refusal = (text: string, format: string) => [
  `date-invalid: ${JSON.stringify(text)} is not a date (format: ${format})`,
];

describe('date', () => {
  test.each<[CellSpec, string, string]>([
    [{ type: 'date' }, '2024-02-29', '2024-02-29'],
    [{ type: 'date' }, '0001-01-01', '0001-01-01'],
    [spec('dd.MM.yyyy'), '09.03.2024', '2024-03-09'],
    [spec('d.M.yyyy'), '9.3.2024', '2024-03-09'],
    [spec('d.M.yyyy'), '09.03.2024', '2024-03-09'],
    [spec('M/d/yyyy'), '3/9/2024', '2024-03-09'],
    [spec('MM/dd/yy'), '12/31/69', '2069-12-31'],
    [spec('MM/dd/yy'), '01/01/70', '1970-01-01'],
    [spec('dd-MMM-yy'), '17-DEC-80', '1980-12-17'],
    [spec('d MMMM yyyy'), '1 may 2024', '2024-05-01'],
    [spec('MMMM d, yyyy'), 'September 30, 2024', '2024-09-30'],
    [spec('yyyyMMdd'), '20240309', '2024-03-09'],
    [spec("yyyy'年'M'月'd'日'"), '2024年3月9日', '2024-03-09'],
    [spec("d 'o''clock' M yyyy"), "9 o'clock 3 2024", '2024-03-09'],
    [spec('iso', 'dd.MM.yyyy'), '09.03.2024', '2024-03-09'],
    [spec('iso', 'dd.MM.yyyy'), '2024-03-09', '2024-03-09'],
    [spec('epoch_s'), '1709942400', '2024-03-09'],
    [spec('epoch_ms'), '-1', '1969-12-31'],
    [{ ...spec('epoch_s'), time_zone: 'Asia/Tokyo' }, '1709996400', '2024-03-10'],
    [{ ...spec('dd.MM.yyyy'), store: 'text' }, '09.03.2024', '09.03.2024'],
    [{ ...spec('dd.MM.yyyy'), store: 'yyyyMMdd' }, '09.03.2024', '20240309'],
    [{ ...spec('dd.MM.yyyy'), store: "d MMM ''yy" }, '09.03.2024', "9 Mar '24"],
  ])('%j: %s becomes %s', (of, text, value) => {
    expect(cell(of, text)).toEqual({ S: value });
  });

  test.each<[CellSpec, string, string]>([
    [{ type: 'date', store: 'epoch_s' }, '2024-03-09', '1709942400'],
    [{ type: 'date', store: 'epoch_ms' }, '1969-12-31', '-86400000'],
    [{ type: 'date', store: 'epoch_s', time_zone: 'Europe/Berlin' }, '2024-03-09', '1709938800'],
    // Clocks are set forward at midnight: the day begins at 01:00.
    [{ type: 'date', store: 'epoch_s', time_zone: 'America/Sao_Paulo' }, '2018-11-04', '1541300400'],
  ])('%j: %s becomes the number %s', (of, text, value) => {
    expect(cell(of, text)).toEqual({ N: value });
  });

  test.each<[string, string]>([
    ['iso', '2024-02-30'],
    ['iso', '2023-02-29'],
    ['iso', '1900-02-29'],
    ['iso', '2024-13-01'],
    ['iso', '2024-00-10'],
    ['iso', '0000-01-01'],
    ['iso', '2024-3-9'],
    ['iso', '2024-03-09T00:00:00'],
    ['iso', '20240309'],
    ['iso', ' 2024-03-09'],
    ['dd.MM.yyyy', '9.3.2024'],
    ['dd.MM.yyyy', '09.03.24'],
    ['dd.MM.yyyy', '03/09/2024'],
    ['dd.MM.yyyy', '31.04.2024'],
    ['dd.MM.yyyy', '09.03.2024 '],
    ['M/d/yyyy', '13/9/2024'],
    ['dd-MMM-yy', '17-DEZ-80'],
    ['d MMMM yyyy', '1 Sep 2024'],
    ['epoch_s', '1e9'],
    ['epoch_s', '99999999999999'],
    ['epoch_s', '253402300800'],
    ['epoch_s', '12.'],
  ])('%s: %s is refused', (format, text) => {
    expect(cell(spec(format), text)).toEqual(refusal(text, format));
  });

  test('an empty cell is null', () => {
    expect(cell(spec('iso'), '')).toBeNull();
  });

  test('takes the format of the dataset', () => {
    expect(cell({ type: 'date' }, '09.03.2024', { format: { date_format: ['dd.MM.yyyy'] } })).toEqual({
      S: '2024-03-09',
    });
  });

  test('reads and writes every day from 1900 to 2100 as Temporal does', () => {
    const first = Temporal.PlainDate.from('1900-01-01');
    const day = fc.integer({ min: 0, max: 73_414 }).map((days) => first.add({ days }));
    fc.assert(
      fc.property(day, (plain) => {
        const iso = plain.toString();
        const [year, month, dayOfMonth] = iso.split('-');
        expect(cell(spec('dd.MM.yyyy'), `${dayOfMonth}.${month}.${year}`)).toEqual({ S: iso });
        const seconds = String(plain.toZonedDateTime('UTC').epochMilliseconds / 1000);
        expect(cell({ type: 'date', store: 'epoch_s' }, iso)).toEqual({ N: seconds });
        expect(cell(spec('epoch_s'), seconds)).toEqual({ S: iso });
      }),
      { numRuns: 2000 },
    );
  });

  test('accepts the texts of days, and no others', () => {
    fc.assert(
      fc.property(fc.nat(2200), fc.nat(14), fc.nat(33), (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        let exists = year > 0;
        try {
          Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' });
        } catch {
          exists = false;
        }
        expect(cell({ type: 'date' }, text)).toEqual(exists ? { S: text } : refusal(text, 'iso'));
      }),
      { numRuns: 2000 },
    );
  });
});
