import { expect, test } from 'vitest';
import { functionLog } from '../../src/cli/function-log.ts';

/** As the terminal's time zone shows it: the tests run in any. */
const NOW = new Date(2026, 10, 24, 18, 11, 3).getTime();
const at = '18:11:03';

function printed(...lines: (object | string)[]): string[] {
  const out: string[] = [];
  const log = functionLog(
    (line) => out.push(line),
    () => NOW,
  );
  for (const line of lines) log(typeof line === 'string' ? line : JSON.stringify(line));
  return out;
}

const counts = { read: 1200, written: 1100, rejected: 99, superseded: 1, skipped: 0 };

test('names an import that is done by its object, and tells its counts', () => {
  expect(
    printed(
      { level: 'INFO', message: 'import queued', importId: 'i1', key: 'people/a b.csv' },
      { level: 'INFO', message: 'chunk begun', importId: 'i1' },
      { level: 'WARN', message: 'import done', importId: 'i1', counts },
    ),
  ).toEqual([
    `${at} people/a b.csv: done, read 1,200 = written 1,100 + rejected 99 + superseded 1 + skipped 0`,
  ]);
});

test('tells why an import failed, though it never saw its object', () => {
  expect(
    printed({
      level: 'ERROR',
      message: 'import failed',
      importId: 'i2',
      code: 'table-missing',
      reason: 'There is none.',
      counts,
    }),
  ).toEqual([`${at} import i2: failed: table-missing: There is none.`]);
});

test('tells of an object that no dataset wants', () => {
  const line = { level: 'WARN', message: 'object ignored', key: 'x.csv', reason: 'no dataset' };
  expect(printed(line)).toEqual([`${at} x.csv: ignored: no dataset`]);
});

test.each([
  [
    'an error of the function',
    { level: 'ERROR', message: 'message failed', reason: 'S3 is down' },
    'S3 is down',
  ],
  ['an error without a reason', { level: 'ERROR', message: 'Oops' }, 'Oops'],
  ['what is no JSON', 'Segmentation fault', 'Segmentation fault'],
  ['JSON that is no entry', '[1]', '[1]'],
])('passes on %s', (_, line, text) => {
  expect(printed(line)).toEqual([`${at} the function: ${text}`]);
});

test('tells what a person would wonder about: missing columns, an empty file, where the rejects are', () => {
  const counts = { read: 2, written: 1, rejected: 1, superseded: 0, skipped: 0 };
  expect(
    printed(
      { level: 'WARN', message: 'declared columns missing', importId: 'i1', key: 'a.csv', missing: ['age'] },
      {
        level: 'WARN',
        message: 'import done',
        importId: 'i1',
        counts,
        rejects: 's3://results/rejects/people/i1/',
      },
      { level: 'WARN', message: 'import done', importId: 'i2', key: 'b.csv', code: 'header-only' },
    ),
  ).toEqual([
    `${at} a.csv: the header lacks columns that the dataset declares: age`,
    `${at} a.csv: done, read 2 = written 1 + rejected 1 + superseded 0 + skipped 0`,
    `${at} a.csv: rejected rows, with reasons: s3://results/rejects/people/i1/`,
    `${at} b.csv: done, read 0 = written 0 + rejected 0 + superseded 0 + skipped 0`,
    `${at} b.csv: there was nothing in it but a header`,
  ]);
});

test('keeps what only machines want to itself', () => {
  expect(
    printed(
      { level: 'INFO', message: 'chunk begun', importId: 'i1' },
      { level: 'DEBUG', message: 'chunk progress', importId: 'i1' },
    ),
  ).toEqual([]);
});

test('has the time of the entry, and the key that an earlier line told, until the import has ended', () => {
  const timestamp = new Date(NOW + 60_000).toISOString();
  expect(
    printed(
      { level: 'INFO', message: 'chunk resumed', importId: 'i1', key: 'people/a.csv' },
      { level: 'ERROR', message: 'message failed', importId: 'i1', reason: 'S3 is down', timestamp },
      { level: 'INFO', message: 'import done', importId: 'i1', counts },
      { level: 'ERROR', message: 'message failed', importId: 'i1', reason: 'late' },
    ),
  ).toEqual([
    '18:12:03 people/a.csv: S3 is down',
    `${at} people/a.csv: done, read 1,200 = written 1,100 + rejected 99 + superseded 1 + skipped 0`,
    `${at} import i1: late`,
  ]);
});
