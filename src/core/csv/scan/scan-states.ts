import { byteClasses } from '../byte-classes.ts';
import { encodeText } from '../text/encoding.ts';
import type { Format } from '../format.ts';

// The record reader's states, as far as record ends go. The states of comments follow (`transitions`).
export const RECORD_START = 0;
const FIELD_START = 1;
export const UNQUOTED = 2;
export const QUOTED = 3;
/** After a quote in a quoted cell: the next byte decides what the quote was. */
const AFTER_QUOTE = 4;
/** After an escape character, other than a quote, in a quoted cell. */
export const ESCAPED = 5;
/** After a CR that ended a record: a following LF belongs to it (`line_end: any`). */
export const AFTER_CR = 6;
/** After a CR that ends a record if an LF follows (`line_end: crlf`). */
const PAIR_CR = 7;
/** After a backslash outside quotes, and after a CR behind it. */
const BACKSLASH = 8;
const BACKSLASH_CR = 9;
/** After a backslash in quotes. */
const QUOTED_BACKSLASH = 10;
const COMMENT = 11;
/** After a CR in a comment that ends if an LF follows (`line_end: crlf`). */
const COMMENT_CR = 12;
const FIXED_STATES = 13;

/** The states of a format's reader: `next[state * 256 + byte]`. */
export type ScanStates = { readonly count: number; readonly next: Uint16Array };

const LF = 10;
const CR = 13;
const BACKSLASH_BYTE = 0x5c;

type Special = readonly (readonly [byte: number, then: number])[];

export function scanStates(format: Format): ScanStates {
  const { line_end, backslash_escapes } = format;
  const { quote, escape, delimiter, blanks } = byteClasses(format);
  const comments = format.comment.map((text) => encodeText(text, format.encoding));
  const nodes = comments.reduce((sum, text) => sum + text.length, 0);
  const next = new Uint16Array((FIXED_STATES + nodes) * 256);

  const lineEnds = {
    any: [
      [LF, RECORD_START],
      [CR, AFTER_CR],
    ],
    lf: [[LF, RECORD_START]],
    cr: [[CR, RECORD_START]],
    crlf: [[CR, PAIR_CR]],
  } as const satisfies Record<string, Special>;
  const backslash: Special = backslash_escapes ? [[BACKSLASH_BYTE, BACKSLASH]] : [];
  const ends: Special = [[delimiter, FIELD_START], ...lineEnds[line_end], ...backslash];
  const starts: [number, number][] = [...(ends as [number, number][])];
  if (quote !== -1) starts.push([quote, QUOTED]);
  blanks?.forEach((isBlank, byte) => {
    if (isBlank === 1) starts.push([byte, FIELD_START]);
  });
  set(RECORD_START, UNQUOTED, starts);
  set(FIELD_START, UNQUOTED, starts);
  set(AFTER_CR, UNQUOTED, starts);
  set(UNQUOTED, UNQUOTED, ends);
  set(PAIR_CR, UNQUOTED, [...ends, [LF, RECORD_START]]);
  const pairs: Special = line_end === 'any' || line_end === 'crlf' ? [[CR, BACKSLASH_CR]] : [];
  set(BACKSLASH, UNQUOTED, pairs);
  set(BACKSLASH_CR, UNQUOTED, [...ends, [LF, UNQUOTED]]);
  setQuoted();
  setComments();
  return { count: FIXED_STATES + nodes, next };

  function set(state: number, otherwise: number, special: Special): void {
    next.fill(otherwise, state * 256, (state + 1) * 256);
    for (const [byte, then] of special) next[state * 256 + byte] = then;
  }

  function setQuoted(): void {
    if (quote === -1) {
      // No reader is ever in them.
      for (const state of [QUOTED, AFTER_QUOTE, ESCAPED, QUOTED_BACKSLASH]) set(state, UNQUOTED, ends);
      return;
    }
    const inQuotes: Special = backslash_escapes ? [[BACKSLASH_BYTE, QUOTED_BACKSLASH]] : [];
    set(AFTER_QUOTE, UNQUOTED, escape === quote ? [...ends, [quote, QUOTED]] : ends);
    set(QUOTED, QUOTED, [[escape, ESCAPED], [quote, AFTER_QUOTE], ...inQuotes]);
    set(ESCAPED, QUOTED, escape === BACKSLASH_BYTE ? [] : inQuotes);
    set(QUOTED_BACKSLASH, QUOTED, []);
  }

  /**
   * Behind the first bytes of a comment the reader is in a state of its own, in which a byte of no comment leads where it would lead
   * without comments.
   */
  function setComments(): void {
    const inComment: Special = line_end === 'crlf' ? [[CR, COMMENT_CR]] : lineEnds[line_end];
    set(COMMENT, COMMENT, inComment);
    set(COMMENT_CR, COMMENT, [
      [CR, COMMENT_CR],
      [LF, RECORD_START],
    ]);
    /** For each state of a comment's beginning, where its bytes lead without comments. */
    const plain = next.slice(0, 256 * FIXED_STATES);
    const plainOf = new Map<number, number>([[RECORD_START, RECORD_START]]);
    const children = new Map<number, number>();
    let count = FIXED_STATES;
    for (const text of comments) {
      let node = RECORD_START;
      for (const [index, byte] of text.entries()) {
        const known = children.get(node * 256 + byte);
        if (known === COMMENT) break;
        const isLast = index === text.length - 1;
        const child = isLast ? COMMENT : (known ?? count++);
        if (child !== COMMENT && known === undefined) {
          const then = plain[plainOf.get(node)! * 256 + byte]!;
          plainOf.set(child, then);
          next.set(plain.subarray(then * 256, (then + 1) * 256), child * 256);
        }
        children.set(node * 256 + byte, child);
        node = child;
      }
    }
    for (const [place, child] of children) {
      next[place] = child;
      if (place < 256) next[AFTER_CR * 256 + place] = child;
    }
  }
}
