import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import type { CellSpec } from '../../../../src/core/types/column-spec.ts';
import { cell } from '../cell.ts';

const berlin: CellSpec = { type: 'datetime', time_zone: 'Europe/Berlin' };
const utc: CellSpec = { type: 'datetime', time_zone: 'UTC' };
const local: CellSpec = { type: 'datetime', time_zone: 'local' };
const plain: CellSpec = { type: 'datetime' };

describe('datetime', () => {
  test.each<[CellSpec, string, string]>([
    [plain, '2024-03-09T08:05:00Z', '2024-03-09T08:05:00.000Z'],
    [plain, '2025-10-07 09:50:26 +0200', '2025-10-07T07:50:26.000Z'],
    [plain, '2025-03-01 12:00:00.123+00', '2025-03-01T12:00:00.123Z'],
    [plain, '2025-03-01 12:00:00-03', '2025-03-01T15:00:00.000Z'],
    [plain, '2025-03-01 12:00:00+05:30', '2025-03-01T06:30:00.000Z'],
    [plain, '2025-01-05T10:12:14.000+0000', '2025-01-05T10:12:14.000Z'],
    [utc, '2024-07-01 1:00:00', '2024-07-01T01:00:00.000Z'],
    [plain, '2025-01-05t10:12z', '2025-01-05T10:12:00.000Z'],
    [plain, '2025-01-05T10:12:14,5Z', '2025-01-05T10:12:14.500Z'],
    [utc, '2025-03-01 12:00:00.0000000', '2025-03-01T12:00:00.000Z'],
    [utc, '2025-03-01 12:00:00.123999', '2025-03-01T12:00:00.123Z'],
    [berlin, '2024-07-01T10:00:00', '2024-07-01T08:00:00.000Z'],
    [berlin, '2024-01-01 10:00', '2024-01-01T09:00:00.000Z'],
    // The text's offset wins over the column's zone.
    [berlin, '2024-07-01T10:00:00Z', '2024-07-01T10:00:00.000Z'],
    [{ ...berlin, format: ['dd.MM.yyyy HH:mm'] }, '01.07.2024 10:00', '2024-07-01T08:00:00.000Z'],
    [
      { ...plain, format: ['yyyy-MM-dd HH:mm:ss XXX'] },
      '2024-07-01 10:00:00 +02:00',
      '2024-07-01T08:00:00.000Z',
    ],
    [{ ...plain, format: ['yyyy-MM-dd HH:mm:ssXX'] }, '2024-07-01 10:00:00Z', '2024-07-01T10:00:00.000Z'],
    [{ ...plain, format: ['yyyy-MM-dd HH:mm:ssX'] }, '2024-07-01 10:00:00+02', '2024-07-01T08:00:00.000Z'],
    [
      { ...plain, format: ['yyyy-MM-dd HH:mm:ss z'] },
      '2024-07-01 10:00:00 Europe/Berlin',
      '2024-07-01T08:00:00.000Z',
    ],
    [{ ...plain, format: ['yyyy-MM-dd HH:mm:ss z'] }, '2024-07-01 10:00:00 UTC', '2024-07-01T10:00:00.000Z'],
    [
      { ...utc, format: ["yyyy-MM-dd HH:mm:ss 'UTC'", "yyyy-MM-dd HH:mm:ss.SSSSSS 'UTC'"] },
      '2025-03-01 12:00:00.123456 UTC',
      '2025-03-01T12:00:00.123Z',
    ],
    [{ ...utc, format: ['M/d/yyyy h:mm:ss a'] }, '3/9/2025 2:30:00 PM', '2025-03-09T14:30:00.000Z'],
    [{ ...utc, format: ['yyyy-MM-dd'] }, '2025-03-09', '2025-03-09T00:00:00.000Z'],
    [{ ...plain, format: ['epoch_s'] }, '1700000000', '2023-11-14T22:13:20.000Z'],
    [{ ...plain, format: ['epoch_s'] }, '1700000000.123456', '2023-11-14T22:13:20.123Z'],
    [{ ...plain, format: ['epoch_ms'] }, '1700000000123', '2023-11-14T22:13:20.123Z'],
    [{ ...plain, format: ['epoch_ms'] }, '0', '1970-01-01T00:00:00.000Z'],
    [{ ...plain, format: ['epoch_s'] }, '-0', '1970-01-01T00:00:00.000Z'],
    [local, '2024-07-01T10:00:00', '2024-07-01T10:00:00.000'],
    [{ ...berlin, store: 'text' }, '2024-07-01 10:00', '2024-07-01 10:00'],
    [
      { ...berlin, store: 'yyyy-MM-dd HH:mm:ss.SS XXX z' },
      '2024-07-01T10:00:00.128',
      '2024-07-01 10:00:00.12 +02:00 Europe/Berlin',
    ],
    [
      { ...plain, store: "yyyy-MM-dd'T'HH:mm:ss.SSSSSSx" },
      '2024-07-01T10:00:00.128Z',
      '2024-07-01T10:00:00.128000+00',
    ],
  ])('%j: %s becomes %s', (spec, text, value) => {
    expect(cell(spec, text)).toEqual({ S: value });
  });

  test.each<[CellSpec, string, string]>([
    [{ ...plain, store: 'epoch_s' }, '2023-11-14T22:13:20.999Z', '1700000000'],
    [{ ...plain, store: 'epoch_ms' }, '2023-11-14T22:13:20.999Z', '1700000000999'],
    [{ ...plain, store: 'epoch_s' }, '1969-12-31T23:59:59.500Z', '-1'],
    [{ ...berlin, store: 'epoch_ms' }, '1970-01-01T01:00:00', '0'],
  ])('%j: %s becomes the number %s', (spec, text, value) => {
    expect(cell(spec, text)).toEqual({ N: value });
  });

  const invalid = (text: string, format = 'iso') =>
    `datetime-invalid: "${text}" is not a datetime (format: ${format})`;
  test.each<[CellSpec, string, string]>([
    [
      plain,
      '2024-07-01T10:00:00',
      'datetime-without-zone: "2024-07-01T10:00:00" has no offset from UTC, and its column no time_zone',
    ],
    [
      local,
      '2024-07-01T10:00:00Z',
      'datetime-invalid: "2024-07-01T10:00:00Z" has an offset from UTC or a zone, and its column time_zone: local',
    ],
    [
      berlin,
      '2024-03-31T02:30:00',
      'datetime-ambiguous: "2024-03-31T02:30:00" is shown never by the clocks of Europe/Berlin',
    ],
    [
      berlin,
      '2024-10-27T02:30:00',
      'datetime-ambiguous: "2024-10-27T02:30:00" is shown twice by the clocks of Europe/Berlin',
    ],
    [
      { ...plain, format: ['yyyy-MM-dd HH:mm:ss z'] },
      '2024-07-01 10:00:00 Mars/Base',
      'datetime-invalid: "2024-07-01 10:00:00 Mars/Base" names a time zone that is not known',
    ],
    [
      { ...plain, format: ['yyyy-MM-dd HH:mm:ss z'] },
      '2024-07-01 10:00:00 CST',
      invalid('2024-07-01 10:00:00 CST', 'yyyy-MM-dd HH:mm:ss z'),
    ],
    [
      plain,
      '0001-01-01T00:00:00+01:00',
      'datetime-invalid: "0001-01-01T00:00:00+01:00" is not in the years 1 to 9999 of UTC',
    ],
    [
      plain,
      '9999-12-31T23:59:59-01:00',
      'datetime-invalid: "9999-12-31T23:59:59-01:00" is not in the years 1 to 9999 of UTC',
    ],
    [utc, '2024-07-01', invalid('2024-07-01')],
    [utc, '2024-07-01T24:00:00', invalid('2024-07-01T24:00:00')],
    [utc, '2024-02-30T10:00:00', invalid('2024-02-30T10:00:00')],
    [utc, '2024-07-01T10:00:61', invalid('2024-07-01T10:00:61')],
    [utc, '2024-07-01T10:00:00 ', invalid('2024-07-01T10:00:00 ')],
    [utc, '2024-07-01T10:00:00.', invalid('2024-07-01T10:00:00.')],
    [utc, '2024-07-01T10:00:00+2', invalid('2024-07-01T10:00:00+2')],
    [utc, '2024-07-01T10:00:00+19:00', invalid('2024-07-01T10:00:00+19:00')],
    [utc, '1700000000', invalid('1700000000')],
  ])('%j: %s is refused', (spec, text, fault) => {
    expect(cell(spec, text)).toEqual([fault]);
  });

  test('an empty cell is null', () => {
    expect(cell(berlin, '')).toBeNull();
  });

  const ZONES = [
    'UTC',
    'Europe/Berlin',
    'Europe/Dublin',
    'Europe/Moscow',
    'America/New_York',
    // Its summer of 2000 had seven days.
    'America/Noronha',
    'America/Sao_Paulo',
    'America/St_Johns',
    'America/Caracas',
    'Africa/Casablanca',
    'Africa/Monrovia',
    'Asia/Kolkata',
    'Asia/Tehran',
    'Asia/Gaza',
    'Asia/Pyongyang',
    'Australia/Lord_Howe',
    'Antarctica/Troll',
    'Pacific/Apia',
    'Pacific/Kiritimati',
    '+05:30',
  ];
  const START = Date.UTC(1900, 0, 1);
  const END = Date.UTC(2100, 0, 1);

  /** What Temporal says of a local time: the instant, or that there is not exactly one. */
  function temporal(text: string, zone: string): string | null {
    try {
      return Temporal.PlainDateTime.from(text)
        .toZonedDateTime(zone, { disambiguation: 'reject' })
        .toInstant()
        .toString({ fractionalSecondDigits: 3 });
    } catch {
      return null;
    }
  }

  /** Both ways between a local time and its instant; one side is what Temporal says, the other what the type writes. */
  function check(ms: number, zone: string): void {
    const text = new Date(ms).toISOString().slice(0, -1);
    const instant = temporal(text, zone);
    const found = cell({ type: 'datetime', time_zone: zone }, text);
    const fault = (found as readonly string[])[0]?.split(':')[0];
    expect([zone, text, fault ?? found]).toEqual([
      zone,
      text,
      instant === null ? 'datetime-ambiguous' : { S: instant },
    ]);
    const utc = `${text}Z`;
    const shown = Temporal.Instant.from(utc).toZonedDateTimeISO(zone).toPlainDateTime();
    const store = "yyyy-MM-dd'T'HH:mm:ss.SSS";
    expect([zone, utc, cell({ type: 'datetime', time_zone: zone, store }, utc)]).toEqual([
      zone,
      utc,
      { S: shown.toString({ fractionalSecondDigits: 3 }) },
    ]);
  }

  test('reads local times of 1900 to 2100 as Temporal does, in any zone', () => {
    fc.assert(fc.property(fc.integer({ min: START, max: END }), fc.constantFrom(...ZONES), check), {
      numRuns: 3000,
    });
  });

  test('reads the local times around each change of a zone as Temporal does', () => {
    for (const zone of ZONES) {
      for (const start of [START, Date.UTC(1998, 0, 1)]) {
        let at = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(zone);
        for (let changes = 0; changes < 10; changes++) {
          const next = at.getTimeZoneTransition('next');
          if (next === null || next.epochMilliseconds > END) break;
          for (const hours of [-26, -1.5, -1, -0.5, -0.001, 0, 0.25, 1, 1.5, 25]) {
            check(next.epochMilliseconds + (next.offsetNanoseconds / 3.6e12 + hours) * 3_600_000, zone);
          }
          at = next;
        }
      }
    }
  });
});
