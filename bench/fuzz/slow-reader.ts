import type { Format } from '../../src/core/csv/format.ts';

/** A cell, or null for an unquoted `\N`. */
export type SlowCell = string | null;

class Fault extends Error {}

/**
 * A second implementation of the format's rules, over characters and without a thought of speed, to compare the record reader with.
 * Returns null if quotes or escapes are misplaced anywhere.
 */
export function slowRead(text: string, format: Format): readonly (readonly SlowCell[])[] | null {
  try {
    return records(text, format);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

const MEANINGS: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  Z: '\x1a',
};

const LINE_ENDS = { any: ['\r\n', '\n', '\r'], lf: ['\n'], cr: ['\r'], crlf: ['\r\n'] } as const;

function records(text: string, format: Format): SlowCell[][] {
  const { delimiter, quote, escape, trim, backslash_escapes, stray_quotes, comment } = format;
  const all: SlowCell[][] = [];
  let at = 0;
  while (at < text.length) {
    if (comment.some((each) => text.startsWith(each, at))) {
      while (at < text.length && lineEndAt() === '') at++;
      at += lineEndAt().length;
      continue;
    }
    // Blanks behind the last line end are no record.
    if (trim && Array.from(text.slice(at)).every(isBlank)) break;
    const cells = [cell()];
    while (text[at] === delimiter) {
      at++;
      cells.push(cell());
    }
    at += lineEndAt().length;
    all.push(cells);
  }
  return all;

  function lineEndAt(): string {
    return LINE_ENDS[format.line_end].find((each) => text.startsWith(each, at)) ?? '';
  }

  function isEnd(): boolean {
    return at >= text.length || text[at] === delimiter || lineEndAt() !== '';
  }

  function skipBlanks(): void {
    while (trim && at < text.length && ' \t'.includes(text[at]!) && ![delimiter, quote].includes(text[at]!)) {
      if (quote !== null && text[at] === escape) return;
      at++;
    }
  }

  function cell(): SlowCell {
    skipBlanks();
    return quote !== null && text[at] === quote ? quoted(quote) : unquoted();
  }

  function quoted(mark: string): string {
    let value = '';
    at++;
    for (;;) {
      const character = text[at];
      const next = text[at + 1];
      if (character === undefined) throw new Fault();
      if (backslash_escapes && character === '\\') {
        if (next === undefined) throw new Fault();
        value += MEANINGS[next] ?? next;
        at += 2;
      } else if (character === escape && (next === mark || next === escape)) {
        value += next;
        at += 2;
      } else if (character === mark) {
        break;
      } else if (character === escape) {
        throw new Fault();
      } else {
        value += character;
        at++;
      }
    }
    at++;
    skipBlanks();
    if (!isEnd()) throw new Fault();
    return value;
  }

  function unquoted(): SlowCell {
    const start = at;
    let value = '';
    /** Characters of the value that are not trimmed. */
    let kept = 0;
    while (!isEnd()) {
      if (backslash_escapes && text[at] === '\\') {
        at++;
        if (at >= text.length) throw new Fault();
        const isPair = text.startsWith('\r\n', at) && ['any', 'crlf'].includes(format.line_end);
        const escaped = isPair ? '\r\n' : text[at]!;
        value += MEANINGS[escaped] ?? escaped;
        at += escaped.length;
        kept = value.length;
      } else {
        if (text[at] === quote && stray_quotes !== 'literal') throw new Fault();
        value += text[at++]!;
      }
    }
    const raw = text.slice(start, at);
    while (trim && value.length > kept && isBlank(value.at(-1)!)) value = value.slice(0, -1);
    return backslash_escapes && (trim ? raw.replace(/[ \t]+$/, '') : raw) === '\\N' ? null : value;
  }

  function isBlank(character: string): boolean {
    return ' \t'.includes(character) && character !== delimiter && (quote === null || character !== escape);
  }
}
