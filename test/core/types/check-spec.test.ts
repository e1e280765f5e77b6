import { describe, expect, test } from 'vitest';
import { DEFAULT_FORMAT, type Format } from '../../../src/core/csv/format.ts';
import { checkSpec, mayBeKey, tagOf } from '../../../src/core/types/check-spec.ts';
import type { CellSpec } from '../../../src/core/types/column-spec.ts';
import { compileCell } from '../../../src/core/types/compile-cell.ts';

const check = (spec: CellSpec, format: Partial<Format> = {}) =>
  checkSpec(spec, { ...DEFAULT_FORMAT, ...format }).map(
    ({ option, text, suggestion }) => `${option}: ${text}${suggestion === null ? '' : ` → ${suggestion}`}`,
  );

describe('checkSpec', () => {
  test.each<[CellSpec, string]>([
    [{ decimal: ',' }, 'decimal: is no option of type string; it has case, normalize, length, pattern'],
    [
      { type: 'number', case: 'upper' },
      'case: is no option of type number; it has decimal, thousands, negative, divide, multiply, min, max',
    ],
    [
      { type: 'json', length: { min: 1, max: 2 } },
      'length: is no option of type json; it has no options of its own',
    ],
    [{ type: 'boolean', enum: ['yes'] }, 'enum: is no option of type boolean'],
    [
      { type: 'list', separator: '|', of: 'date', pattern: 'x' },
      'pattern: is no option of type list; it has separator, format, of',
    ],
    [
      { type: 'list', separator: '|', of: 'json' },
      'of: json is no type of elements. Allowed: string, number, integer, boolean, date, time, datetime, binary',
    ],
    [{ type: 'string_set' }, 'type: a string_set needs separator, or format: json or postgres'],
    [{ type: 'list', separator: '' }, 'separator: a separator has at least one character'],
    [
      { type: 'list', separator: ',', format: ['json'] },
      'separator: format: json has a separator of its own; remove one of them',
    ],
    [
      { type: 'number_set', format: ['xml'] },
      'format: xml is no format of a number_set. Allowed: json, postgres',
    ],
    [{ type: 'number', divide: 50 }, 'divide: must be a power of ten from 10 to 1000000000000'],
    [
      { type: 'number', decimal: ',', thousands: [','] },
      "thousands: ',' stands before decimals and between thousands; they must differ",
    ],
    [
      { type: 'number', thousands: ['.'] },
      "thousands: '.' stands before decimals and between thousands; they must differ",
    ],
    [{ type: 'boolean', true_values: ['x', 'NO'] }, "true_values: 'no' is a word for true and for false"],
    [{ pattern: '(a' }, 'pattern: a ( without its ) (at character 1)'],
    [{ length: { min: 3, max: 2 } }, 'length: min, 3, is more than max, 2'],
    [{ type: 'number', min: 'x' }, 'min: "x" is not a number'],
    [{ type: 'number', min: '2', max: '1.5' }, 'min: 2 is more than max, 1.5'],
    [
      { type: 'date', format: ['dd.MM.yyyy'], min: '2024-01-01' },
      'min: "2024-01-01" is not a date (format: dd.MM.yyyy)',
    ],
    [
      { type: 'date', format: ['dd.MM.yyyy'], min: '02.01.2024', max: '01.02.2023' },
      'min: 02.01.2024 is more than max, 01.02.2023',
    ],
    [{ type: 'integer', default: '1.5' }, 'default: "1.5" is not a whole number'],
    [{ default: 'x', enum: ['a', 'b'] }, 'default: the value is none of enum: a, b'],
    [{ type: 'number', default: '5', max: '4' }, 'default: the value is more than max, 4'],
    [{ type: 'number', enum: ['1', 'x'] }, 'enum: "x" is not a number'],
    [
      { type: 'date', format: ['%d.%m.%Y'] },
      "format: '%d.%m.%Y': '%' is no token. Allowed: yyyy yy M MM MMM MMMM d dd H HH h hh m mm s ss a z X XX XXX x xx xxx S…SSSSSSSSS, and other letters in single quotes → dd.MM.yyyy",
    ],
    [{ type: 'date', format: ['dd/MM'] }, "format: 'dd/MM': a date needs a year, a month and a day"],
    [
      { type: 'date', format: ['yyyy-MM-dd HH:mm'] },
      "format: 'yyyy-MM-dd HH:mm': a date has no time; use type: datetime",
    ],
    [
      { type: 'date', format: ['Mdyyyy'] },
      "format: 'Mdyyyy': 'M' has one or two digits, so a text must stand after it; or write 'MM'",
    ],
    [{ type: 'date', format: ["dd 'of MM yyyy"] }, "format: 'dd 'of MM yyyy': a single quote is not closed"],
    [
      { type: 'datetime', format: ['MM/dd/yyyy hh:mm'], time_zone: 'UTC' },
      "format: 'MM/dd/yyyy hh:mm': 'h' and 'a' need each other; hours of 0 to 23 are 'H'",
    ],
    [
      { type: 'time', format: ['epoch_s'] },
      "format: 'epoch_s': 'e' is no token. Allowed: yyyy yy M MM MMM MMMM d dd H HH h hh m mm s ss a z X XX XXX x xx xxx S…SSSSSSSSS, and other letters in single quotes",
    ],
    [
      { type: 'date', format: ['dd/MM/yyyy', 'MM/dd/yyyy'] },
      "format: 'dd/MM/yyyy' and 'MM/dd/yyyy' both read '01/01/1111'; a text must have one meaning",
    ],
    [
      { type: 'date', format: ['epoch_s', 'yyyyMMdd'] },
      "format: 'epoch_s' and 'yyyyMMdd' both read '11110101'; a text must have one meaning",
    ],
    [
      { type: 'datetime', format: ['epoch_s', 'epoch_ms'] },
      "format: 'epoch_s' and 'epoch_ms' both read '1'; a text must have one meaning",
    ],
    [
      { type: 'datetime', format: ['iso', 'yyyy-MM-dd HH:mm:ss'], time_zone: 'UTC' },
      "format: 'iso' and 'yyyy-MM-dd HH:mm:ss' both read '1111-01-01 11:11:11'; a text must have one meaning",
    ],
    [
      { type: 'datetime', format: ['dd.MM.yyyy HH:mm'] },
      "time_zone: 'dd.MM.yyyy HH:mm' has no offset from UTC: set it to the zone of the file, for example UTC or Europe/Berlin, or to local",
    ],
    [
      { type: 'datetime', time_zone: 'Berlin' },
      "time_zone: 'Berlin' is no time zone; use a name such as Europe/Berlin or UTC",
    ],
    [{ type: 'date', time_zone: 'local' }, 'time_zone: local is for type datetime: a date has no time zone'],
    [
      { type: 'datetime', time_zone: 'local', store: 'epoch_s' },
      'store: a local time has no epoch_s: set time_zone to the zone of the file',
    ],
    [
      { type: 'datetime', store: 'YYYY-MM-DD' },
      "store: 'YYYY-MM-DD': 'YYYY' is no token. Allowed: yyyy yy M MM MMM MMMM d dd H HH h hh m mm s ss a z X XX XXX x xx xxx S…SSSSSSSSS, and other letters in single quotes → yyyy-MM-dd",
    ],
    [{ type: 'date', store: 'HH:mm' }, "store: 'HH:mm': a date does not have all of its parts"],
  ])('%j', (spec, problem) => {
    expect(check(spec)).toEqual([problem]);
  });

  test.each<CellSpec>([
    {},
    {
      type: 'number',
      decimal: ',',
      thousands: ['.'],
      strip: ['€'],
      negative: 'trailing',
      divide: 100,
      min: '0',
    },
    { type: 'date', format: ['iso', 'dd.MM.yyyy', 'MM/dd/yyyy'] },
    {
      type: 'datetime',
      format: ["yyyy-MM-dd HH:mm:ss 'UTC'", "yyyy-MM-dd HH:mm:ss.SSSSSS 'UTC'"],
      time_zone: 'UTC',
    },
    {
      type: 'datetime',
      format: ['iso', 'yyyy-MM-dd', 'epoch_ms'],
      time_zone: 'Europe/Berlin',
      store: 'epoch_s',
    },
    { type: 'datetime', format: ['yyyy-MM-dd HH:mm:ss xxx', 'yyyy-MM-dd HH:mm:ss z'] },
    { type: 'datetime', store: 'yyyy-MM' },
    { type: 'time', max: '47:59:59', min: '30:00' },
    { type: 'list', separator: '|', of: 'number', decimal: ',' },
    { case: 'upper', enum: ['eur'], default: 'EUR' },
    { type: 'binary', encoding: 'hex', length: { min: 1, max: null } },
  ])('%j has no problem, and compiles', (spec) => {
    expect(check(spec)).toEqual([]);
    expect(compileCell(spec, DEFAULT_FORMAT, false).write).toBeTypeOf('function');
  });

  test('looks at what the format says of the column as well', () => {
    expect(check({ type: 'date' }, { date_format: ['d.M.yyyy', 'dd.MM.yyyy'] })).toEqual([
      "format: 'd.M.yyyy' and 'dd.MM.yyyy' both read '11.11.1111'; a text must have one meaning",
    ]);
    expect(check({ type: 'datetime', format: ['dd.MM.yyyy HH:mm'] }, { time_zone: 'UTC' })).toEqual([]);
  });

  test('a column may be a key, by its type', () => {
    expect(mayBeKey({ type: 'date' })).toBe(true);
    expect(mayBeKey({ type: 'boolean' })).toBe(false);
    expect(tagOf({ type: 'date' }, DEFAULT_FORMAT)).toBe('S');
    expect(tagOf({ type: 'date', store: 'epoch_s' }, DEFAULT_FORMAT)).toBe('N');
    expect(tagOf({ type: 'binary' }, DEFAULT_FORMAT)).toBe('B');
  });
});
