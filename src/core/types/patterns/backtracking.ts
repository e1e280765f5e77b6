import type { Atom } from './atom.ts';
import type { PatternTree } from './pattern-tree.ts';

/**
 * Whether a backtracking matcher, which JavaScript's is, certainly takes time proportional to the text's length.
 *
 * The pattern must be a sequence of parts: positions, characters, repeats of one character, and choices between fixed sequences of
 * characters. So nothing that repeats contains a repeat or a choice. A part with several ways to match is *sealed* if each
 * character that may follow it is one that it cannot take itself, or if the text must end after it. Then only its longest way can
 * lead on: after a failure each shorter way fails at its first step.
 *
 * - Ways of bounded parts that are not sealed multiply: a repeat of n to m has m - n + 1, a choice has its options. What follows
 *   them is tried at most so often as this product says.
 * - Without an unbounded repeat, an attempt takes at most this product times the characters that the pattern can match: MAX_STEPS.
 *   Attempts begin at each character of the text.
 * - With unbounded repeats, the pattern must begin with `^`, so that there is one attempt. If all of them are sealed, each passes over
 *   the text once for each way of the other parts, and a failure costs one step more for each character. If there is only one,
 *   each of its ends leads to at most MAX_STEPS steps.
 */
export function isLinear(tree: PatternTree): boolean {
  const parts = flatten(tree);
  if (parts === null) return false;
  let ways = 1;
  let boundedLength = 0;
  let unbounded = 0;
  let unsealed = 0;
  for (const [index, part] of parts.entries()) {
    if (part.kind !== 'position' && part.most !== Infinity) boundedLength += part.most;
    if (part.kind === 'position' || part.least === part.most) {
      if (part.kind === 'choice') ways *= part.ways;
      continue;
    }
    if (part.most === Infinity) unbounded++;
    if (part.kind === 'atoms' && isSealed(part.first[0]!, parts.slice(index + 1))) continue;
    if (part.most === Infinity) unsealed++;
    else ways *= part.ways;
  }
  if (ways * Math.max(1, boundedLength) > MAX_STEPS) return false;
  if (unbounded === 0) return true;
  const isAnchored = parts[0]?.kind === 'position' && parts[0].at === '^';
  return isAnchored && (unsealed === 0 || unbounded === 1);
}

const MAX_STEPS = 1000;
const ASCII = 128;

type Part =
  | { readonly kind: 'position'; readonly at: string }
  | {
      readonly kind: 'atoms' | 'choice';
      /** What its first character may be. */
      readonly first: readonly Atom[];
      /** Characters that it takes. */
      readonly least: number;
      readonly most: number;
      readonly ways: number;
    };

/** null: not such a sequence. */
function flatten(tree: PatternTree): readonly Part[] | null {
  switch (tree.kind) {
    case 'position':
      return [{ kind: 'position', at: tree.at }];
    case 'atom':
      return [{ kind: 'atoms', first: [tree.atom], least: 1, most: 1, ways: 1 }];
    case 'repeat': {
      if (tree.part.kind !== 'atom') return null;
      const { min, max } = tree;
      return [{ kind: 'atoms', first: [tree.part.atom], least: min, most: max, ways: max - min + 1 }];
    }
    case 'sequence': {
      const parts = tree.parts.map(flatten);
      return parts.some((part) => part === null) ? null : parts.flatMap((part) => part!);
    }
    case 'choice': {
      const options = tree.options.map(fixedAtoms);
      if (options.some((option) => option === null || option.length === 0)) return null;
      const lengths = options.map((option) => option!.length);
      return [
        {
          kind: 'choice',
          first: options.map((option) => option![0]!),
          least: Math.min(...lengths),
          most: Math.max(...lengths),
          ways: options.length,
        },
      ];
    }
  }
}

/** The characters of a sequence without repeats, choices and positions. */
function fixedAtoms(tree: PatternTree): readonly Atom[] | null {
  if (tree.kind === 'atom') return [tree.atom];
  if (tree.kind !== 'sequence') return null;
  const atoms = tree.parts.map(fixedAtoms);
  return atoms.some((atom) => atom === null) ? null : atoms.flatMap((atom) => atom!);
}

/** Whether the repeated character differs from all that may follow the repeat. */
function isSealed(repeated: Atom, following: readonly Part[]): boolean {
  for (const part of following) {
    if (part.kind === 'position') {
      if (part.at === '$') return true;
      return false;
    }
    if (part.first.some((atom) => !areDisjoint(repeated, atom))) return false;
    if (part.least > 0) return true;
  }
  return false;
}

function areDisjoint(a: Atom, b: Atom): boolean {
  if (!a.isAscii && !b.isAscii) return false;
  for (let code = 0; code < ASCII; code++) if (a.matches(code) && b.matches(code)) return false;
  return true;
}
