import { isLinear } from './backtracking.ts';
import { compileAutomaton, createSearch } from './automaton.ts';
import { PatternError } from './pattern-error.ts';
import { parsePattern } from './pattern-tree.ts';

/**
 * Compiles a pattern that is searched in texts in linear time: by JavaScript's regular expressions where `isLinear` proves that they take
 * no more, otherwise by an automaton. Anchors make it match the whole text. Throws PatternError.
 */
export function linearPattern(source: string): (text: string) => boolean {
  const tree = parsePattern(source);
  if (isLinear(tree)) {
    const expression = nativePattern(source);
    return (text) => expression.test(text);
  }
  return createSearch(compileAutomaton(tree));
}

/** What is wrong with a pattern, or null. */
export function checkPattern(source: string): { readonly text: string; readonly at: number } | null {
  try {
    linearPattern(source);
    return null;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { text: `${error.message} (at character ${error.at + 1})`, at: error.at };
  }
}

function nativePattern(source: string): RegExp {
  const ignoreCase = source.startsWith('(?i)');
  return new RegExp(ignoreCase ? source.slice(4) : source, ignoreCase ? 'iu' : 'u');
}
