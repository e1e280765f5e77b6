import { type Automaton, compileAutomaton } from './automaton.ts';
import { parsePattern } from './pattern-tree.ts';

/** A text that both patterns match as a whole, or null. `alphabet`: the characters that it may have, the first ones preferred. */
export function commonText(first: string, second: string, alphabet: string): string | null {
  const [a, b] = [first, second].map((source) => compileAutomaton(parsePattern(source)));
  const known = new Set<number>();
  let pairs = pairsOf(a!, b!, a!.start, b!.start, '');
  while (pairs.length > 0) {
    const next: Pair[] = [];
    for (const { i, j, text } of pairs) {
      const place = i * b!.states.length + j;
      if (known.has(place)) continue;
      known.add(place);
      const one = a!.states[i]!;
      const other = b!.states[j]!;
      if (one.kind === 'match' && other.kind === 'match') return text;
      if (one.kind !== 'atom' || other.kind !== 'atom') continue;
      for (const character of alphabet) {
        const code = character.codePointAt(0)!;
        if (!one.atom.matches(code) || !other.atom.matches(code)) continue;
        next.push(...pairsOf(a!, b!, one.next, other.next, text + character));
        break;
      }
    }
    pairs = next;
  }
  return null;
}

/** States of the two automata after the same text. */
type Pair = { readonly i: number; readonly j: number; readonly text: string };

function pairsOf(a: Automaton, b: Automaton, i: number, j: number, text: string): Pair[] {
  const others = reachable(b, j);
  return reachable(a, i).flatMap((one) => others.map((other) => ({ i: one, j: other, text })));
}

/** What a state leads to without a character. */
function reachable({ states }: Automaton, start: number): readonly number[] {
  const seen = new Set([start]);
  for (const index of seen) {
    const state = states[index]!;
    if (state.kind === 'fork') for (const next of state.next) seen.add(next);
  }
  return [...seen];
}
