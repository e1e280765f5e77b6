import { byteTable } from '../csv/text/encoding.ts';
import { markedEncoding } from '../csv/text/text-coding.ts';
import { likelyUtf16 } from '../csv/text/text-guess.ts';
import { sequenceLength } from '../csv/text/utf8.ts';

export type EncodingGuess = {
  readonly encoding: string;
  readonly isMarked: boolean;
  readonly reason: string;
  /** Where the bytes begin that decided; -1: every byte is ASCII. */
  readonly at: number;
  readonly others: readonly string[];
};

/** In the order in which they are taken if nothing tells them apart. */
const SINGLE_BYTE = [
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'koi8-r',
  'windows-1253',
  'windows-1254',
  'ibm866',
  'macintosh',
];
const MOST_JUDGED = 100_000;

/** The encoding of a text, by its bytes. `last`: the text ends there, otherwise a character may be cut. */
export function guessEncoding(text: Uint8Array, last: boolean): EncodingGuess {
  const marked = markedEncoding(text);
  if (marked !== null) return guess(marked, 'a byte order mark says so', 0, true);
  const utf16 = likelyUtf16(text);
  if (utf16 !== null) return guess(utf16, 'every second byte is NUL', 0);
  const first = text.findIndex((byte) => byte >= 0x80);
  if (first < 0) return guess('utf-8', 'every byte is ASCII', -1);
  const malformed = firstMalformed(text, first, last);
  if (malformed < 0) return guess('utf-8', 'all bytes beyond ASCII are well-formed UTF-8', first);
  const ranked = SINGLE_BYTE.map((encoding) => ({ encoding, score: score(text, encoding) })).toSorted(
    (a, b) => b.score - a.score,
  );
  const [best, ...others] = ranked;
  return {
    encoding: best!.encoding,
    isMarked: false,
    reason: 'the bytes are not UTF-8, and its letters fit best to their neighbours',
    at: malformed,
    others: others.slice(0, 2).map(({ encoding }) => encoding),
  };
}

function guess(encoding: string, reason: string, at: number, isMarked = false): EncodingGuess {
  return { encoding, isMarked, reason, at, others: [] };
}

/** -1: the text is UTF-8 from `from` on. */
export function firstMalformed(text: Uint8Array, from: number, last: boolean): number {
  for (let at = from; at < text.length;) {
    const length = sequenceLength(text, at, text.length);
    if (length === 0) return !last && at > text.length - 4 ? -1 : at;
    at += length;
  }
  return -1;
}

/** How well the letters of an encoding fit to their neighbours: one script a word, small letters after the first, no signs within. */
function score(text: Uint8Array, encoding: string): number {
  const kinds = kindsOf(encoding);
  let sum = 0;
  let judged = 0;
  for (let at = 0; at < text.length && judged < MOST_JUDGED; at++) {
    if (text[at]! < 0x80) continue;
    judged++;
    const kind = kinds[text[at]!]!;
    const before = at === 0 ? OTHER : kinds[text[at - 1]!]!;
    const after = at + 1 === text.length ? OTHER : kinds[text[at + 1]!]!;
    sum += fit(kind, before, after);
  }
  return sum;
}

const OTHER = 0;
const NOTHING = 1;
const LETTER = 2;
const UPPER = 4;
/** A letter of another script than Latin. */
const FOREIGN = 8;
const ACCENTED = 16;

function fit(kind: number, before: number, after: number): number {
  if (kind === NOTHING) return -20;
  const beside = (before & LETTER) + (after & LETTER);
  if ((kind & LETTER) === 0) return beside === 2 * LETTER ? -2 : 0;
  let points = beside > 0 ? 1 : 0;
  for (const other of [before, after]) {
    if ((other & LETTER) === 0) continue;
    if ((kind & FOREIGN) !== (other & FOREIGN)) points -= 2;
    else if ((kind & FOREIGN) !== 0) points += 0.5;
    else if ((other & ACCENTED) !== 0) points -= 1;
  }
  if ((kind & UPPER) !== 0 && (before & LETTER) !== 0 && (before & UPPER) === 0) points -= 2;
  return points;
}

function kindsOf(encoding: string): Uint8Array {
  const { texts } = byteTable(encoding)!;
  return Uint8Array.from(texts, (text, byte) => {
    if (text === '' || (byte >= 0x80 && text < '\u00a0')) return NOTHING;
    if (!/\p{L}/u.test(text)) return OTHER;
    const isUpper = text !== text.toLowerCase();
    const isLatin = /\p{Script=Latin}/u.test(text);
    return LETTER + (isUpper ? UPPER : 0) + (isLatin ? 0 : FOREIGN) + (byte >= 0x80 ? ACCENTED : 0);
  });
}
