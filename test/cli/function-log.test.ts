import { putCounts } from '../support/counts.ts';
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

const counts = putCounts({ read: 1200, written: 1100, rejected: 99, superseded: 1 });

test('shows a done import with its key and counts', () => {
  expect(
    printed(
      { level: 'INFO', message: 'import queued', importId: 'i1', key: 'people/a b.csv' },
      { level: 'INFO', message: 'chunk started', importId: 'i1' },
      { level: 'WARN', message: 'import done', importId: 'i1', counts },
    ),
  ).toEqual([
    `${at} people/a b.csv: done, rows: read 1,200 = loaded 1,101 + skipped 0 + rejected 99; items: made 1,101 = written 1,100 + superseded 1`,
  ]);
});

test('shows why an import failed, also if no line named its key', () => {
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

test('shows an object that belongs to no dataset', () => {
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
  ['a line that is not JSON', 'Segmentation fault', 'Segmentation fault'],
  ['JSON that is not a log entry', '[1]', '[1]'],
])('prints %s', (_, line, text) => {
  expect(printed(line)).toEqual([`${at} the function: ${text}`]);
});

test('shows warnings, a file without rows, and the folder of the reject files', () => {
  const counts = putCounts({ read: 2, written: 1, rejected: 1 });
  expect(
    printed(
      {
        level: 'WARN',
        message: 'import warning',
        importId: 'i1',
        key: 'a.csv',
        code: 'columns-missing',
        reason: 'The header lacks the optional columns age.',
      },
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
    `${at} a.csv: warning: The header lacks the optional columns age. (columns-missing)`,
    `${at} a.csv: done, rows: read 2 = loaded 1 + skipped 0 + rejected 1; items: made 1 = written 1`,
    `${at} a.csv: rejected rows, with reasons: s3://results/rejects/people/i1/`,
    `${at} b.csv: done, rows: read 0 = loaded 0 + skipped 0 + rejected 0; items: made 0 = written 0`,
    `${at} b.csv: the file has a header and no rows`,
  ]);
});

test('hides events of a load in progress', () => {
  expect(
    printed(
      { level: 'INFO', message: 'chunk started', importId: 'i1' },
      { level: 'DEBUG', message: 'chunk progress', importId: 'i1' },
    ),
  ).toEqual([]);
});

test('shows the time of the entry, and the key from an earlier line until the import ends', () => {
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
    `${at} people/a.csv: done, rows: read 1,200 = loaded 1,101 + skipped 0 + rejected 99; items: made 1,101 = written 1,100 + superseded 1`,
    `${at} import i1: late`,
  ]);
});
