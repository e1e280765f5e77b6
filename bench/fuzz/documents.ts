import { DEFAULT_FORMAT, type Format } from '../../src/core/csv/format.ts';
import { seededRandom } from '../../sim/random.ts';

export type FuzzDocument = {
  readonly bytes: Uint8Array;
  readonly format: QuotedFormat;
  /** What the document was written from; null: it is soup, whose bytes mean what they mean. */
  readonly records: readonly (readonly string[])[] | null;
  /** Where the pieces end in which a reader gets it: ascending, the last is the document's end. */
  readonly stops: readonly number[];
};

export type QuotedFormat = Format & { readonly quote: string };

type Characters = Pick<QuotedFormat, 'delimiter' | 'quote' | 'escape'>;

const COMMON_FORMATS: readonly Characters[] = [
  { delimiter: ',', quote: '"', escape: '"' },
  { delimiter: ';', quote: '"', escape: '"' },
  { delimiter: '\t', quote: '"', escape: '"' },
  { delimiter: '\t', quote: "'", escape: "'" },
  { delimiter: ',', quote: '"', escape: '\\' },
  { delimiter: '|', quote: '"', escape: '\\' },
];
const LINE_ENDS = ['\n', '\r\n', '\r'];
const ORDINARY = 'aZ09 .-_\u0001\u0000\u007f'.split('');
const WIDE = ['é', 'ß', '漢', '🙂', '\u{10ffff}'];
/** csv-parse trims them too; a dataset's `trim` is for spaces and tabs. */
const WIDE_BLANKS = ['\u2028', '\ufeff'];
const encoder = new TextEncoder();

/** A document that the numbers decide: the same for the same ones, whatever came before. One in four is soup. */
export function fuzzDocument(seed: number, index: number): FuzzDocument {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const below = (bound: number): number => Math.floor(random() * bound);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;

  const characters = below(3) > 0 ? pick(COMMON_FORMATS) : anyFormat();
  const format: QuotedFormat = {
    ...DEFAULT_FORMAT,
    ...characters,
    trim: below(4) === 0 && !/[ \t]/.test(characters.quote + characters.escape),
    stray_quotes: below(2) === 0 ? 'reject' : 'literal',
  };
  const blanks = [' ', '\t'].filter((blank) => blank !== format.delimiter);
  const wide = format.trim ? WIDE : [...WIDE, ...WIDE_BLANKS];
  const structure = [format.delimiter, format.quote, format.escape, '\n', '\r', '\r\n'];
  if (below(4) === 0) {
    const bytes = soup();
    return { bytes, format, records: null, stops: stopsIn(bytes.length) };
  }
  const records = anyRecords();
  const bytes = encoder.encode(write(records));
  return { bytes, format, records, stops: stopsIn(bytes.length) };

  /** Any characters that a dataset may name, within the schema's rules. */
  function anyFormat(): Characters {
    for (;;) {
      const [delimiter, quote, other] = [ascii(), ascii(), ascii()];
      const escape = below(2) === 0 ? quote : other;
      if (delimiter !== quote && delimiter !== escape) return { delimiter, quote, escape };
    }
  }

  function ascii(): string {
    return below(12) === 0 ? '\t' : String.fromCharCode(0x20 + below(0x5f));
  }

  function anyRecords(): string[][] {
    const isLarge = below(200) === 0;
    const recordCount = isLarge ? below(60) : below(6);
    const fieldCount = 1 + (isLarge ? below(150) : below(5));
    const isEven = below(2) === 0;
    return Array.from({ length: recordCount }, () =>
      Array.from({ length: isEven ? fieldCount : 1 + below(fieldCount) }, anyText),
    );
  }

  function anyText(): string {
    const kind = below(8);
    if (kind === 0) return '';
    let text = '';
    for (let length = kind === 1 ? below(40) : below(8); length > 0; length--) text += anyPart(kind);
    return text;
  }

  function anyPart(kind: number): string {
    if (kind >= 5) return pick(ORDINARY);
    const chance = below(4);
    if (chance === 0) return pick(wide);
    return chance === 1 ? pick(ORDINARY) : pick(structure);
  }

  /** In every manner that the format allows: quotes where they must be and where they need not, line ends mixed or all alike. */
  function write(records: readonly (readonly string[])[]): string {
    const quoting = below(3);
    const lineEnd = below(2) === 0 ? pick(LINE_ENDS) : null;
    const lines = records.map((fields) =>
      fields.map((field) => blank() + writeField(field, quoting) + blank()).join(format.delimiter),
    );
    let text = '';
    for (const [index, line] of lines.entries()) {
      const following = lines[index + 1];
      // Without its line end an empty last record would not be there.
      if (following === undefined && !isEmpty(line) && below(2) === 0) return text + line;
      const end = lineEnd ?? pick(LINE_ENDS);
      // CR before an empty line that ends with LF would be one CRLF.
      text += line + (end === '\r' && following === '' ? '\r\n' : end);
    }
    return text;
  }

  function writeField(text: string, quoting: number): string {
    const { delimiter, quote, escape } = format;
    const mustQuote =
      (format.stray_quotes === 'reject' ? text.includes(quote) : text.startsWith(quote)) ||
      [delimiter, '\n', '\r'].some((special) => text.includes(special)) ||
      (format.trim && (blanks.includes(text.slice(0, 1)) || blanks.includes(text.slice(-1))));
    if (!mustQuote && (quoting === 0 || (quoting === 1 && below(2) === 0))) return text;
    // Not `replaceAll`: a dollar sign means something in what it puts in.
    const escaped = escape === quote ? text : text.split(escape).join(escape + escape);
    return quote + escaped.split(quote).join(escape + quote) + quote;
  }

  function isEmpty(line: string): boolean {
    return line.split('').every((character) => format.trim && blanks.includes(character));
  }

  /** What stands around a field and does not belong to it. */
  function blank(): string {
    return format.trim && below(3) === 0 ? pick(blanks) + (below(3) === 0 ? pick(blanks) : '') : '';
  }

  /** Half of what matters to the reader, half any bytes, valid UTF-8 or not. */
  function soup(): Uint8Array {
    const anyBytes = below(4) === 0;
    const bytes: number[] = [];
    for (let length = below(40); length > 0; length--) {
      if (anyBytes && below(2) === 0) bytes.push(below(256));
      else bytes.push(...encoder.encode(below(3) === 0 ? pick(ORDINARY) : pick(structure)));
    }
    return Uint8Array.from(bytes);
  }

  function stopsIn(length: number): number[] {
    const stops = new Set([length]);
    const everywhere = length < 60 && below(10) === 0;
    if (everywhere) for (let at = 1; at < length; at++) stops.add(at);
    else for (let cuts = below(5); cuts > 0; cuts--) stops.add(below(length + 1));
    return [...stops].sort((a, b) => a - b);
  }
}
