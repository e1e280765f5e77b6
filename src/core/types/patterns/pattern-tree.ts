import { type Atom, readAtom } from './atom.ts';
import { PatternError } from './pattern-error.ts';

/** A regular expression, parsed. Groups are their contents: nobody asks what they captured. */
export type PatternTree =
  | { readonly kind: 'atom'; readonly atom: Atom }
  | { readonly kind: 'position'; readonly at: Position }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternTree[] }
  | { readonly kind: 'repeat'; readonly part: PatternTree; readonly min: number; readonly max: number };

/** What is true between two characters: the text's start or end, the edge of a word, or no such edge. */
export type Position = '^' | '$' | '\\b' | '\\B';

/** Groups in groups, so that no text of a document makes the parser use up the stack. */
const MAX_DEPTH = 50;
const MAX_REPEAT = 1000;
const ONLY_LINEAR = 'patterns are matched in linear time';

/**
 * Parses a regular expression of JavaScript with the flag `u`, without lookaround and back references. `(?i)` at its beginning
 * ignores letter case. Throws PatternError.
 */
export function parsePattern(source: string): PatternTree {
  const ignoreCase = source.startsWith('(?i)');
  let at = ignoreCase ? 4 : 0;
  const tree = readChoice(0);
  if (at < source.length) throw new PatternError('a ) without its (', at);
  return tree;

  function readChoice(depth: number): PatternTree {
    if (depth > MAX_DEPTH) throw new PatternError(`more than ${MAX_DEPTH} groups inside each other`, at);
    const options = [readSequence(depth)];
    while (source[at] === '|') {
      at++;
      options.push(readSequence(depth));
    }
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  function readSequence(depth: number): PatternTree {
    const parts: PatternTree[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      parts.push(readRepeat(readPart(depth)));
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  function readPart(depth: number): PatternTree {
    const character = source[at]!;
    if (character === '(') return readGroup(depth);
    if (character === '^' || character === '$') {
      at++;
      return { kind: 'position', at: character };
    }
    const escape = source.slice(at, at + 2);
    if (escape === '\\b' || escape === '\\B') {
      at += 2;
      return { kind: 'position', at: escape };
    }
    if ('*+?{'.includes(character)) throw new PatternError(`${character} has nothing to repeat`, at);
    if (character === ']' || character === '}') throw new PatternError(`write \\${character}`, at);
    const { atom, end } = readAtom(source, at, ignoreCase);
    at = end;
    return { kind: 'atom', atom };
  }

  function readGroup(depth: number): PatternTree {
    const start = at;
    at++;
    if (source[at] === '?') {
      const opening = /^\?(?::|<[A-Za-z_]\w*>)/.exec(source.slice(at));
      if (opening === null) {
        const isLookaround = /^\?<?[=!]/.test(source.slice(at));
        const text = isLookaround ? `no lookaround: ${ONLY_LINEAR}` : 'no such group';
        throw new PatternError(`${text}; allowed are ( (?: (?<name> and (?i) at the beginning`, start);
      }
      at += opening[0].length;
    }
    const tree = readChoice(depth + 1);
    if (source[at] !== ')') throw new PatternError('a ( without its )', start);
    at++;
    return tree;
  }

  function readRepeat(part: PatternTree): PatternTree {
    const start = at;
    const written = /^(?:[*+?]|\{(\d{1,9})(?:(,)(\d{1,9})?)?\})/.exec(source.slice(at, at + 24));
    if (written === null) return part;
    if (part.kind === 'position' && source[start - 1] !== ')')
      throw new PatternError(`${part.at} cannot be repeated`, start);
    at += written[0].length;
    // Lazy or not: what matches is the same.
    if (source[at] === '?') at++;
    if (/^(?:[*+?]|\{\d)/.test(source.slice(at))) throw new PatternError('two repeats in a row', at);
    const [text, least, comma, most] = written;
    if (text === '*') return { kind: 'repeat', part, min: 0, max: Infinity };
    if (text === '+') return { kind: 'repeat', part, min: 1, max: Infinity };
    if (text === '?') return { kind: 'repeat', part, min: 0, max: 1 };
    const min = Number(least);
    const max = comma === undefined ? min : most === undefined ? Infinity : Number(most);
    if (max < min) throw new PatternError(`${text} is an empty range`, start);
    if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) {
      throw new PatternError(`${text} repeats more than ${MAX_REPEAT} times`, start);
    }
    return { kind: 'repeat', part, min, max };
  }
}
