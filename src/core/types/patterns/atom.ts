import { PatternError } from './pattern-error.ts';

/** One character of a text, or one of several: a literal, a class such as `[a-z]` or `\d`, or a dot. */
export type Atom = {
  /** By code point. */
  matches(codePoint: number): boolean;
  /** It matches no character outside of ASCII. */
  readonly isAscii: boolean;
};

const ASCII = 128;
const CLASSES = 'dDwWsS';
const CONTROLS = 'tnrfv0';
/** What JavaScript lets a backslash make literal, with the flag `u`. */
const LITERALS = '^$\\.*+?()[]{}|/';

/** Reads the atom at `start` of a pattern. Throws PatternError. */
export function readAtom(
  source: string,
  start: number,
  ignoreCase: boolean,
): { readonly atom: Atom; readonly end: number } {
  const first = source[start]!;
  const end =
    first === '\\'
      ? escapeEnd(source, start)
      : first === '['
        ? classEnd(source, start)
        : start + characterLength(source, start);
  const text = source.slice(start, end);
  return { atom: createAtom(text, start, ignoreCase), end };
}

function createAtom(text: string, start: number, ignoreCase: boolean): Atom {
  const expression = nativeExpression(text, start, ignoreCase);
  const table = Uint8Array.from({ length: ASCII }, (_, code) =>
    Number(expression.test(String.fromCharCode(code))),
  );
  const isAscii = !ignoreCase && isOnlyAscii(text);
  return {
    isAscii,
    matches: (codePoint) =>
      codePoint < ASCII
        ? table[codePoint] === 1
        : !isAscii && expression.test(String.fromCodePoint(codePoint)),
  };
}

/** For one character, a native regular expression takes constant time. */
function nativeExpression(text: string, start: number, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(`^${text}$`, ignoreCase ? 'iu' : 'u');
  } catch {
    throw new PatternError(`${text} is not a character or a class of characters`, start);
  }
}

/** Without `ignoreCase`, `\d` and `\w` are ASCII, as are the literals and ranges that are written in it. */
function isOnlyAscii(text: string): boolean {
  if (text === '.' || text.startsWith('[^')) return false;
  // oxlint-disable-next-line no-control-regex -- ASCII has control characters
  return /^[\x00-\x7f]*$/.test(text) && !/\\[^dwtnrfv\\.^$*+?()[\]{}|/-]/.test(text);
}

function characterLength(source: string, at: number): number {
  return source.codePointAt(at)! > 0xffff ? 2 : 1;
}

/** `\d`, `\.`, `\x41`, `\u00e9`, `\u{1f600}`, `\p{Lu}` */
function escapeEnd(source: string, start: number, inClass = false): number {
  const letter = source[start + 1];
  if (letter === undefined) throw new PatternError('a backslash at the end', start);
  if (CLASSES.includes(letter) || CONTROLS.includes(letter) || LITERALS.includes(letter)) return start + 2;
  if (inClass && (letter === '-' || letter === 'b')) return start + 2;
  const long = /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|[pP]\{[\w=]{1,60}\})/.exec(
    source.slice(start, start + 80),
  );
  if (long !== null) return start + long[0].length;
  if (/[1-9k]/.test(letter)) {
    throw new PatternError('no back references: patterns are matched in linear time', start);
  }
  const hint = letter === 'A' ? '; write ^' : letter === 'Z' || letter === 'z' ? '; write $' : '';
  throw new PatternError(`\\${letter} means nothing${hint}`, start);
}

function classEnd(source: string, start: number): number {
  let at = source[start + 1] === '^' ? start + 2 : start + 1;
  while (at < source.length) {
    if (source[at] === ']') return at + 1;
    at = source[at] === '\\' ? escapeEnd(source, at, true) : at + characterLength(source, at);
  }
  throw new PatternError('a [ without its ]', start);
}
