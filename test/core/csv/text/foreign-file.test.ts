import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { foreignFile } from '../../../../src/core/csv/text/foreign-file.ts';

const csv = { compression: null };
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const utf8 = (text: string) => new TextEncoder().encode(text);

test.each([
  ['a ZIP archive', latin1('PK\x03\x04\x14\0\0\0\x08\0people.csv')],
  ['an Excel workbook', latin1(`PK\x03\x04${'\0'.repeat(26)}[Content_Types].xml`)],
  ['bzip2', latin1('BZh91AY&SY\x12')],
  ['xz', latin1('\xfd7zXZ\0\0')],
  ['a 7-Zip archive', latin1("7z\xbc\xaf'\x1c\0")],
  ['Parquet', latin1('PAR1\x15\x04\x15\x10')],
  ['Avro', latin1('Obj\x01\x04\x14avro.codec')],
  ['an Arrow file', latin1('ARROW1\0\0')],
  ['a SQLite database', latin1('SQLite format 3\0\x10\0')],
  ['an old Office document, such as an Excel workbook (.xls)', latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0')],
  ['a PDF document', latin1('%PDF-1.7\n')],
  ['a PNG image', latin1('\x89PNG\r\n\x1a\n\0\0')],
  ['a JPEG image', latin1('\xff\xd8\xff\xe0\0\x10JFIF')],
  ['a GIF image', latin1('GIF89a\x01\0')],
  ['JSON', utf8('{"id": 1}\n{"id": 2}\n')],
  ['JSON', utf8('\ufeff\r\n [\n  { "id": 1 }\n]')],
  ['JSON', utf8('[[1, 2], [3, 4]]')],
  ['JSON', utf8('["id", "name"]\n[1, "a"]')],
  ['an HTML page', utf8('<!DOCTYPE html>\n<html lang="en">')],
  ['an HTML page', utf8('\n  <HTML><head>')],
  ['XML', utf8('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
])('knows %s by its first bytes (%#)', (name, bytes) => {
  expect(foreignFile(bytes, csv)?.name).toContain(name);
});

test('knows what was compressed twice', () => {
  expect(foreignFile(zstdCompressSync('id\n'), { compression: 'gzip' })?.name).toBe('zstd within gzip');
  expect(foreignFile(gzipSync('id\n'), { compression: 'gzip' })?.name).toBe('gzip within gzip');
});

test.each([
  'id,name\n1,a\n',
  '"id","name"\n',
  'PK,name\n',
  'PAR1,PAR2\n',
  'Obj,Other\n',
  'ARROW1,x\n',
  'GIF,87a\n',
  'BZh1,x\n',
  '{id},[name]\n',
  '[id],[name]\n',
  '[1],[2]\n',
  '<id>,<html>\n',
  'html,xml\n',
  '<<EOF\n',
  '',
])('takes for CSV: %j', (text) => {
  expect(foreignFile(utf8(text), csv)).toBeNull();
});
