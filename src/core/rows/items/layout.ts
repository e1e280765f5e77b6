import { copyWords, type WordText, wordText, type Words, writeWords } from '../../types/words.ts';
import { utf8Length } from '../values/attribute-size.ts';
import { FIRST_TAG, type Values } from '../values/values.ts';

/** An attribute of an item, or a member of a map: a value of a slot, or a map of further ones. */
export type LayoutNode = {
  readonly name: string;
  /** `"name":` and `,"name":`; of a map, with `{"M":{`. */
  readonly first: WordText;
  readonly next: WordText;
  readonly nameBytes: number;
  /** -1: a map of `members`. */
  readonly slot: number;
  readonly members: readonly LayoutNode[];
};

/** A value's place in an item: names from the item down. */
export type LayoutEntry = { readonly path: readonly string[]; readonly slot: number };

const encoder = new TextEncoder();
const MAP_END = wordText(encoder.encode('}}'));
/** "Item sizes and formats": three bytes for a map, and one for each member. */
const MAP_BYTES = 3;
const MEMBER_BYTES = 1;

/** Nests the entries, in their order. */
export function compileLayout(entries: readonly LayoutEntry[]): readonly LayoutNode[] {
  const groups = new Map<string, LayoutEntry[]>();
  for (const { path, slot } of entries) {
    const [name, ...rest] = path;
    const group = groups.get(name!) ?? [];
    group.push({ path: rest, slot });
    groups.set(name!, group);
  }
  return [...groups].map(([name, group]) => {
    const own = group.find(({ path }) => path.length === 0);
    return own === undefined ? mapNode(name, compileLayout(group)) : valueNode(name, own.slot);
  });
}

export function valueNode(name: string, slot: number): LayoutNode {
  return { ...named(name, ''), slot, members: [] };
}

function mapNode(name: string, members: readonly LayoutNode[]): LayoutNode {
  return { ...named(name, '{"M":{'), slot: -1, members };
}

function named(name: string, opening: string) {
  const text = `${JSON.stringify(name)}:${opening}`;
  return {
    name,
    first: wordText(encoder.encode(text)),
    next: wordText(encoder.encode(`,${text}`)),
    nameBytes: utf8Length(name),
  };
}

/** Size of the nodes that have a value, as DynamoDB counts them. */
export function layoutSize(nodes: readonly LayoutNode[], values: Values, perNode = 0): number {
  let size = 0;
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]!;
    if (node.slot >= 0) {
      if (values.tags[node.slot]! >= FIRST_TAG) size += perNode + node.nameBytes + values.sizes[node.slot]!;
      continue;
    }
    const inner = layoutSize(node.members, values, MEMBER_BYTES);
    if (inner > 0) size += perNode + node.nameBytes + MAP_BYTES + inner;
  }
  return size;
}

/** The most bytes that `writeLayout` writes. */
export function layoutBytes(nodes: readonly LayoutNode[], values: Values): number {
  let bytes = 0;
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]!;
    bytes += node.next.length;
    if (node.slot < 0) bytes += MAP_END.length + layoutBytes(node.members, values);
    else if (values.tags[node.slot]! >= FIRST_TAG)
      bytes += values.ends[node.slot]! - values.starts[node.slot]!;
  }
  return bytes;
}

/** Writes the nodes that have a value; `isFirst`: none stands before them. Returns the position after them. */
export function writeLayout(
  nodes: readonly LayoutNode[],
  values: Values,
  to: Words,
  at: number,
  isFirst: boolean,
): number {
  const { tags, starts, ends, words } = values;
  let out = at;
  let first = isFirst;
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]!;
    const { slot } = node;
    if (slot >= 0) {
      if (tags[slot]! < FIRST_TAG) continue;
      out = writeWords(first ? node.first : node.next, to, out);
      out = copyWords(words, starts[slot]!, ends[slot]!, to, out);
    } else {
      const inside = writeWords(first ? node.first : node.next, to, out);
      const end = writeLayout(node.members, values, to, inside, true);
      if (end === inside) continue;
      out = writeWords(MAP_END, to, end);
    }
    first = false;
  }
  return out;
}
