import type { HostileLoad } from './load.ts';

export type HostileCase = {
  readonly name: string;
  readonly header: string;
  /** Behind the header, in pieces. */
  readonly body: () => Iterable<string>;
  /** Zeros behind the body, which cost no time to write: the file is sparse. */
  readonly zeroBytes?: number;
  readonly compression?: 'gzip' | 'zstd';
  /** Parts of the document; `DOCUMENT` where it is not given. */
  readonly document?: object;
  readonly load?: Pick<HostileLoad, 'bytesPerSecond' | 'heldMs'>;
  readonly expected: { status: string; code: string | null; counts?: Record<string, number> };
  readonly mostCheckpoints?: number;
};

export const DOCUMENT = {
  columns: { n: { type: 'number', optional: true }, ok: { type: 'boolean', optional: true } },
};

const MEGABYTE = 1024 * 1024;
const MILLION = 1_000_000;
const WIDE = 16_384;

/** Files that try to take all memory or time. With a scale of 10 they are ten times as large; the memory must not follow. */
export const hostileCases = (scale: number): readonly HostileCase[] => [
  {
    name: 'rejects only, of two bytes each',
    header: 'id,n,ok',
    body: () => after('p1,1,1\n', times(scale * MILLION, 'x\n')),
    expected: {
      status: 'done',
      code: null,
      counts: { read: scale * MILLION + 1, written: 1, rejected: scale * MILLION },
    },
  },
  {
    name: 'a million rejects behind a key that is held back for 5 s',
    header: 'id,n,ok',
    body: () => after('p1,1,1\n', times(scale * MILLION, 'x\n')),
    load: { heldMs: 5000 },
    expected: {
      status: 'done',
      code: null,
      counts: { read: scale * MILLION + 1, written: 1, rejected: scale * MILLION },
    },
    mostCheckpoints: 10 + 40 * scale,
  },
  {
    name: 'a line of 1 GB',
    header: 'id,n,ok',
    body: () => ['p1,'],
    zeroBytes: 1e9 * scale,
    expected: { status: 'failed', code: 'record-too-large' },
  },
  {
    name: 'cells of 400 KB',
    header: 'id,v',
    body: () => after('x,1\n', numbered(100 * scale, `,${'v'.repeat(400 * 1024)}`)),
    expected: { status: 'done', code: null, counts: { read: 100 * scale + 1, rejected: 100 * scale } },
  },
  {
    name: 'a quote that is never closed',
    header: 'id,n,ok',
    body: () => after('p1,1,"', times(30 * scale, 'p1,1,1\n'.repeat(100_000))),
    expected: { status: 'failed', code: 'record-too-large' },
  },
  {
    name: 'lines of nothing but delimiters',
    header: 'id,n,ok',
    body: () => after('p1,1,1\n', times(4 * scale, `${','.repeat(4_000_000)}\n`)),
    expected: { status: 'done', code: null, counts: { written: 1, rejected: 4 * scale } },
  },
  {
    name: 'a header of 100,000 columns',
    header: columns(100_000).join(','),
    body: () => ['x\n'],
    expected: { status: 'failed', code: 'too-many-columns' },
  },
  {
    name: 'rows of as many columns as are loaded, on a slow table',
    header: ['id', ...columns(WIDE - 1)].join(','),
    body: () => numbered(300 * scale, ',v'.repeat(WIDE - 1)),
    load: { bytesPerSecond: 50 * MEGABYTE },
    expected: { status: 'done', code: null, counts: { read: 300 * scale, written: 300 * scale } },
  },
  {
    name: 'rows of 60 KB on a slow table',
    header: 'id,v',
    body: () => numbered(2000 * scale, `,${'v'.repeat(60_000)}`),
    load: { bytesPerSecond: 30 * MEGABYTE },
    expected: { status: 'done', code: null, counts: { read: 2000 * scale, written: 2000 * scale } },
  },
  {
    name: 'a gzip bomb of zeros',
    header: 'id,n,ok',
    body: () => times(100 * scale, '\0'.repeat(MEGABYTE)),
    compression: 'gzip',
    expected: { status: 'failed', code: 'record-too-large' },
  },
  {
    name: 'a gzip bomb of empty lines',
    header: 'id,n,ok',
    body: () => after('p1,1,1\n', times(30 * scale, '\n'.repeat(MEGABYTE))),
    compression: 'gzip',
    expected: { status: 'done', code: null, counts: { written: 1, skipped: 30 * scale * MEGABYTE } },
  },
  {
    name: 'a zstd bomb of zeros',
    header: 'id,n,ok',
    body: () => times(100 * scale, '\0'.repeat(MEGABYTE)),
    compression: 'zstd',
    expected: { status: 'failed', code: 'record-too-large' },
  },
  {
    name: 'cells against a pattern that backtracks',
    header: 'id,v',
    document: { columns: { v: { pattern: '^(a+)+$' } } },
    body: () => after('x,a\n', numbered(1000 * scale, `,${'a'.repeat(1000)}!`)),
    expected: { status: 'done', code: null, counts: { loaded: 1, rejected: 1000 * scale } },
  },
  {
    name: 'cells against a condition that backtracks',
    header: 'id,v',
    document: { where: "v.matches('^(a+)+$')" },
    body: () => after('x,a\n', numbered(1000 * scale, `,${'a'.repeat(1000)}!`)),
    expected: { status: 'done', code: null, counts: { loaded: 1, skipped: 1000 * scale } },
  },
  {
    name: 'JSON of a million levels',
    header: 'id,v',
    document: { columns: { v: 'json' } },
    body: () => after('x,[]\n', numbered(20 * scale, `,${'['.repeat(MILLION)}`)),
    expected: { status: 'done', code: null, counts: { loaded: 1, rejected: 20 * scale } },
  },
  {
    name: 'cells that imitate a part of a composed key',
    header: 'id,v',
    document: { attributes: { pk: 'V#${v}#ID#${id}' }, table: { partition_key: 'pk' } },
    body: () =>
      after('x,${id}\n', [...numbered(10_000 * scale, ',1#ID#2'), ...numbered(10_000 * scale, ',${$line}')]),
    expected: {
      status: 'done',
      code: null,
      counts: { loaded: 10_000 * scale + 1, rejected: 10_000 * scale },
    },
  },
];

function columns(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `c${index}`);
}

function* after(first: string, rest: Iterable<string>): Generator<string> {
  yield first;
  yield* rest;
}

/** The text so often, in pieces of about a megabyte. */
function* times(count: number, text: string): Generator<string> {
  const atOnce = Math.max(1, Math.min(count, Math.floor(MEGABYTE / text.length)));
  const piece = text.repeat(atOnce);
  for (let left = count; left > 0; left -= atOnce) yield left >= atOnce ? piece : text.repeat(left);
}

/** Rows with a key each. */
function* numbered(count: number, rest: string): Generator<string> {
  for (let index = 0; index < count; index++) yield `p${index}${rest}\n`;
}
