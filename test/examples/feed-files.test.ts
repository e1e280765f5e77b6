import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FEEDS, type FeedFolder, feedFolder, feedFolders } from './feed-folders.ts';

const SINGLE_BYTE = ['excel-german', 'sqlserver-bcp', 'sap', 'bank-statement'];
const GZIP = ['snowflake', 'sensors'];
const CRLF = [
  'bank-statement',
  'excel-english',
  'excel-german',
  'excel-unicode-text',
  'fixed-columns',
  'google-sheets',
  'gtfs',
  'salesforce',
  'sap',
  'sqlserver-bcp',
];

describe('the exported files have the bytes that their programs write', () => {
  test('a byte order mark', () => {
    expect(named(({ bytes }) => starts(bytes, [0xef, 0xbb, 0xbf]))).toEqual(['excel-english', 'gtfs']);
    expect(named(({ bytes }) => starts(bytes, [0xff, 0xfe]))).toEqual(['excel-unicode-text']);
  });

  test('single-byte encodings and UTF-16 are not valid UTF-8', () => {
    const notUtf8 = [...SINGLE_BYTE, 'excel-unicode-text'].toSorted();
    expect(named(({ bytes }) => !isUtf8(plain(bytes)))).toEqual(notUtf8);
  });

  test('gzip', () => {
    expect(named(({ bytes }) => starts(bytes, [0x1f, 0x8b])).toSorted()).toEqual(GZIP.toSorted());
  });

  test('CRLF, or LF alone', () => {
    expect(named((feed) => text(feed).includes('\r\n'))).toEqual(CRLF);
    expect(named((feed) => /\r(?!\n)/.test(text(feed)))).toEqual([]);
  });

  test('single peculiarities', () => {
    expect(text(feedFolder('google-sheets'))).toMatch(/[^\r\n]$/);
    expect(text(feedFolder('mysql'))).toContain('Bo\\\nLi');
    expect(text(feedFolder('mysql'))).toContain('tab\\\there');
    expect(text(feedFolder('sqlserver-bcp'))).toContain('\t\0\t');
    expect(text(feedFolder('pandas'))).toMatch(/^,user_id/);
    expect(text(feedFolder('r'))).toMatch(/^"","id"/);
    expect(text(feedFolder('oracle-sqlplus'))).toMatch(/^\n[^]*\n\n7 rows selected\.\n\n$/);
    expect(feedFolder('excel-german').bytes.includes(0x80)).toBe(true);
  });
});

test.each(feedFolders)('$name: its document has at most 25 lines', ({ document }) => {
  expect(document.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
});

test('the cookbook has a line for each folder', () => {
  const readme = readFileSync(join(FEEDS, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\(([a-z0-9-]+)\)/g)].map(([, name = '']) => name);
  expect(links.toSorted()).toEqual(feedFolders.map(({ name }) => name).toSorted());
});

function named(fits: (feed: FeedFolder) => boolean): string[] {
  return feedFolders.filter(fits).map(({ name }) => name);
}

function text({ name, bytes }: FeedFolder): string {
  if (name === 'excel-unicode-text') return bytes.toString('utf16le');
  return plain(bytes).toString(SINGLE_BYTE.includes(name) ? 'latin1' : 'utf8');
}

function plain(bytes: Buffer): Buffer {
  return starts(bytes, [0x1f, 0x8b]) ? gunzipSync(bytes) : bytes;
}

function starts(bytes: Buffer, with_: readonly number[]): boolean {
  return with_.every((byte, index) => bytes[index] === byte);
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
