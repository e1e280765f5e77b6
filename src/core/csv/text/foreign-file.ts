import { compressionOf, type TextCoding } from './text-coding.ts';

/** The format of a file that is not CSV. Messages say: `it is NAME. REMEDY.` */
export type ForeignFile = { readonly name: string; readonly remedy: string };

type Signature = ForeignFile & {
  /** The file's first bytes. Letters alone can be a column's name; for formats that begin with letters only, the bytes after them are tested too. */
  readonly magic: readonly string[];
};

const EXPORT = 'Export it as CSV (UTF-8), and upload that';
const ORIGINAL = 'Upload the CSV file instead';

/** Signatures from each format's specification, or from the magic database of `file`. One character stands for one byte. */
const SIGNATURES: readonly Signature[] = [
  {
    name: 'a ZIP archive',
    remedy: 'Unpack it, and upload the CSV file',
    magic: ['PK\x03\x04', 'PK\x05\x06'],
  },
  {
    name: 'bzip2',
    remedy: 'Decompress it, or compress it with gzip or zstd',
    magic: Array.from({ length: 9 }, (_, level) => `BZh${level + 1}1AY&SY`),
  },
  {
    name: 'xz',
    remedy: 'Decompress it, or compress it with gzip or zstd',
    magic: ['\xfd7zXZ\0'],
  },
  { name: 'a 7-Zip archive', remedy: 'Unpack it, and upload the CSV file', magic: ["7z\xbc\xaf'\x1c"] },
  { name: 'Parquet', remedy: EXPORT, magic: ['PAR1\x15'] },
  { name: 'Avro', remedy: EXPORT, magic: ['Obj\x01'] },
  { name: 'an Arrow file', remedy: EXPORT, magic: ['ARROW1\0\0'] },
  { name: 'a SQLite database', remedy: EXPORT, magic: ['SQLite format 3\0'] },
  {
    name: 'an old Office document, such as an Excel workbook (.xls)',
    remedy: 'Save the sheet as CSV UTF-8, and upload that',
    magic: ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  },
  { name: 'a PDF document', remedy: ORIGINAL, magic: ['%PDF-'] },
  { name: 'a PNG image', remedy: ORIGINAL, magic: ['\x89PNG\r\n\x1a\n'] },
  { name: 'a JPEG image', remedy: ORIGINAL, magic: ['\xff\xd8\xff'] },
  { name: 'a GIF image', remedy: ORIGINAL, magic: ['GIF87a', 'GIF89a'] },
];

/** Text formats that are not CSV, by how they begin. No header begins so: its names would contain quotes, brackets or tags. */
const TEXTS: readonly (ForeignFile & { readonly begins: RegExp })[] = [
  { name: 'JSON', remedy: EXPORT, begins: /^(\{\s*"|\[\s*[{"]|\[\s*\[\s*["\d-])/ },
  {
    name: 'an HTML page',
    remedy: 'Often this is a login or error page that was saved instead of the file. Download the file again',
    begins: /^(<!doctype html|<html[\s>])/i,
  },
  { name: 'XML', remedy: 'Save the data as CSV (UTF-8), and upload that', begins: /^<\?xml\s/i },
];
/** The longest whitespace before it that is skipped. */
const BEGINNING_BYTES = 1024;

/** Recognises a file by the first bytes of its text, which came out of the compression. null: it may be CSV. */
export function foreignFile(
  bytes: Uint8Array,
  { compression }: Pick<TextCoding, 'compression'>,
): ForeignFile | null {
  const text = String.fromCharCode(...bytes.subarray(0, BEGINNING_BYTES));
  const inner = compressionOf(bytes);
  if (inner !== null)
    return { name: `${inner} within ${compression ?? inner}`, remedy: 'Upload it compressed once' };
  const signature = SIGNATURES.find(({ magic }) => magic.some((each) => text.startsWith(each)));
  if (signature === undefined) {
    const plain = text.replace(/^(\xef\xbb\xbf|\s)+/, '');
    return TEXTS.find(({ begins }) => begins.test(plain)) ?? null;
  }
  return text.startsWith('PK') && OFFICE_ENTRY.test(text) ? EXCEL : signature;
}

/** The archive's first entry is one of these (ECMA-376, part 2). */
const OFFICE_ENTRY = /\[Content_Types\]\.xml|_rels\/|xl\//;
const EXCEL: ForeignFile = {
  name: 'an Excel workbook (.xlsx), or another Office document',
  remedy: 'Save the sheet as CSV UTF-8, and upload that',
};
