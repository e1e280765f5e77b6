import type { Atom } from './atom.ts';
import { PatternError } from './pattern-error.ts';
import type { PatternTree, Position } from './pattern-tree.ts';

/**
 * A pattern as a nondeterministic automaton. It is in several states at once, at most in all, so a text takes time proportional to
 * its length times MAX_STATES, whatever the pattern (Thompson, "Regular expression search algorithm", 1968).
 */
export type Automaton = { readonly states: readonly State[]; readonly start: number };

export type State =
  /** Takes a character and goes on with the next state. */
  | { readonly kind: 'atom'; readonly atom: Atom; readonly next: number }
  | { readonly kind: 'position'; readonly at: Position; readonly next: number }
  /** Takes nothing and goes on with each. */
  | { readonly kind: 'fork'; readonly next: readonly number[] }
  | { readonly kind: 'match' };

const MAX_STATES = 500;

/** Throws PatternError if the pattern is too large. */
export function compileAutomaton(tree: PatternTree): Automaton {
  const states: State[] = [{ kind: 'match' }];
  return { start: add(tree, 0), states };

  function push(state: State): number {
    if (states.length === MAX_STATES) {
      throw new PatternError(`the pattern has more than ${MAX_STATES} states: use smaller repeats`, 0);
    }
    return states.push(state) - 1;
  }

  /** Adds the states of a part that goes on with `next`; returns its first. */
  function add(part: PatternTree, next: number): number {
    switch (part.kind) {
      case 'atom':
        return push({ kind: 'atom', atom: part.atom, next });
      case 'position':
        return push({ kind: 'position', at: part.at, next });
      case 'sequence':
        return part.parts.reduceRight((after, each) => add(each, after), next);
      case 'choice':
        return push({ kind: 'fork', next: part.options.map((option) => add(option, next)) });
      case 'repeat':
        return addRepeat(part.part, part.min, part.max, next);
    }
  }

  function addRepeat(part: PatternTree, min: number, max: number, next: number): number {
    let first = next;
    if (max === Infinity) {
      const targets: number[] = [next];
      first = push({ kind: 'fork', next: targets });
      targets.push(add(part, first));
    } else {
      for (let count = min; count < max; count++) {
        first = push({ kind: 'fork', next: [next, add(part, first)] });
      }
    }
    for (let count = 0; count < min; count++) first = add(part, first);
    return first;
  }
}

/** Returns whether some part of a text matches: anchor the pattern for all of it. */
export function createSearch({ states, start }: Automaton): (text: string) => boolean {
  const leads = states.map((_, index) => leadsTo(states, index));
  const first = states[start]!;
  const isAnchored = first.kind === 'position' && first.at === '^';
  let now = new Uint16Array(states.length);
  let then = new Uint16Array(states.length);
  let count = 0;
  /** The step in which each state was entered last, and passed as one that a fork leads to: both once a step. */
  const entered = new Float64Array(states.length);
  const passed = new Float64Array(states.length);
  let step = 0;
  const open: number[] = [];

  return (text) => {
    let code = codeAt(text, 0);
    step++;
    count = 0;
    if (enter(start, now, -1, code)) return true;
    for (let at = 0; code >= 0;) {
      at += code > 0xffff ? 2 : 1;
      const after = codeAt(text, at);
      const active = count;
      if (active === 0 && isAnchored) return false;
      step++;
      count = 0;
      for (let index = 0; index < active; index++) {
        const state = states[now[index]!]! as Extract<State, { kind: 'atom' }>;
        if (state.atom.matches(code) && enter(state.next, then, code, after)) return true;
      }
      if (!isAnchored && enter(start, then, code, after)) return true;
      [now, then] = [then, now];
      code = after;
    }
    return false;
  };

  /** Enters a state and all that it leads to without a character. True: it is a match. */
  function enter(state: number, into: Uint16Array, before: number, after: number): boolean {
    open.length = 0;
    open.push(state);
    while (open.length > 0) {
      const { atoms, positions, forks, isMatch } = leads[open.pop()!]!;
      if (isMatch) return true;
      for (let k = 0; k < forks.length; k++) {
        const index = forks[k]!;
        if (passed[index] === step) continue;
        passed[index] = step;
        open.push(index);
      }
      for (let k = 0; k < atoms.length; k++) {
        const index = atoms[k]!;
        if (entered[index] === step) continue;
        entered[index] = step;
        into[count++] = index;
      }
      for (let k = 0; k < positions.length; k++) {
        const index = positions[k]!;
        if (entered[index] === step) continue;
        entered[index] = step;
        const position = states[index]! as Extract<State, { kind: 'position' }>;
        if (holds(position.at, before, after)) open.push(position.next);
      }
    }
    return false;
  }
}

/** A fork that leads to more states is entered once a step, as others are: a step must not pass over all pairs of states. */
const MOST_LED_TO = 8;

type Leads = {
  readonly atoms: readonly number[];
  readonly positions: readonly number[];
  readonly forks: readonly number[];
  readonly isMatch: boolean;
};

/** What a state leads to by forks alone: few states that take a character, positions or the match; or the forks next to it. */
function leadsTo(states: readonly State[], start: number): Leads {
  const seen = new Set([start]);
  for (const index of seen) {
    const state = states[index]!;
    if (state.kind === 'fork') for (const next of state.next) seen.add(next);
    if (seen.size > MOST_LED_TO) break;
  }
  const first = states[start]!;
  if (seen.size > MOST_LED_TO && first.kind === 'fork') {
    return { atoms: [], positions: [], forks: first.next, isMatch: false };
  }
  const ofKind = (kind: State['kind']) => [...seen].filter((index) => states[index]!.kind === kind);
  return {
    atoms: ofKind('atom'),
    positions: ofKind('position'),
    forks: [],
    isMatch: ofKind('match').length > 0,
  };
}

function codeAt(text: string, at: number): number {
  return at < text.length ? text.codePointAt(at)! : -1;
}

/** `before` and `after` are code points; -1: the text begins or ends here. */
function holds(position: Position, before: number, after: number): boolean {
  if (position === '^') return before < 0;
  if (position === '$') return after < 0;
  return (isWord(before) !== isWord(after)) === (position === '\\b');
}

function isWord(code: number): boolean {
  return code >= 0 && code < 128 && /\w/.test(String.fromCharCode(code));
}
