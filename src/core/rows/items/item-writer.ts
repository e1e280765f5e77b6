import type { Fault } from '../../fault.ts';
import { type Words, wordsOf } from '../../types/words.ts';
import type { WritePlan } from '../../write-plan.ts';
import { addToHash, FIRST_HASH, mixHash } from '../hash.ts';
import { MAX_ITEM_BYTES, MAX_ROW_ITEMS, type MappedItem, type Room, writeUnits } from '../item.ts';
import type { RowState } from '../row-state.ts';
import {
  AFTER_TEXT,
  BEFORE_TEXT,
  FIRST_TAG,
  hasText,
  REMOVED,
  TAG_NAMES,
  TAGS,
  type Values,
} from '../values/values.ts';
import type { ItemRule, KeyRule } from './item-rule.ts';
import { layoutBytes, type LayoutNode, layoutSize, writeLayout } from './layout.ts';

/** Writes a row's items into the room, one behind another. */
export type ItemWriter = {
  begin(room: Room): void;
  /** Writes an item of the values. Returns what is wrong with it, or null. */
  add(state: RowState, rule: ItemRule, plan: number): Fault | null;
  readonly count: number;
  readonly items: MappedItem[];
};

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** Braces, and what copying four bytes at a time needs. */
const SPARE = 16;
const encoder = new TextEncoder();

export function createItemWriter(plans: readonly WritePlan[]): ItemWriter {
  const items: MappedItem[] = [];
  let count = 0;
  let room: Room | null = null;
  let to: Words = wordsOf(new Uint8Array(0));
  /** Where the row's items begin in the arena, and where the next one does. */
  let start = 0;
  let end = 0;

  return {
    items,
    get count() {
      return count;
    },
    begin(newRoom) {
      room = newRoom;
      count = 0;
      start = room.used;
      end = start;
    },
    add,
  };

  function add(state: RowState, rule: ItemRule, plan: number): Fault | null {
    const { values } = state;
    const { kind } = plans[plan]!;
    const fault = keyFault(values, rule) ?? newerByFault(values, rule, plans[plan]!);
    if (fault !== null) return fault;
    if (count === MAX_ROW_ITEMS) {
      return { code: 'too-many-items', column: '', reason: `the row makes more than ${MAX_ROW_ITEMS} items` };
    }
    const nodes = kind === 'delete' ? (rule.newerBy === null ? [] : [rule.newerBy]) : rule.others;
    const keySize = layoutSize(rule.keyNodes, values);
    const others = isKeyNode(rule, nodes) ? [] : nodes;
    const sizeBytes = keySize + layoutSize(others, values);
    if (sizeBytes > MAX_ITEM_BYTES) {
      const reason = `the item has ${sizeBytes} bytes; DynamoDB takes ${MAX_ITEM_BYTES}`;
      return { code: 'item-too-large', column: '', reason };
    }
    const rest = kind === 'merge' ? mergeMember(rule, values) : null;
    reserve(layoutBytes(rule.keyNodes, values) + layoutBytes(others, values) + (rest?.length ?? 0) + SPARE);
    writeItem(state, rule, others, rest, { sizeBytes, plan });
    return twinFault(rule);
  }

  function reserve(bytes: number): void {
    const arena = room!.reserve(end - start + bytes);
    if (arena === to.bytes) return;
    // A further call may answer another array, without this row's items.
    if (end > start) arena.set(to.bytes.subarray(start, end), start);
    to = wordsOf(arena);
  }

  function writeItem(
    { values }: RowState,
    rule: ItemRule,
    others: readonly LayoutNode[],
    rest: Uint8Array | null,
    { sizeBytes, plan }: { sizeBytes: number; plan: number },
  ): void {
    const item = (items[count++] ??= newItem());
    const { bytes } = to;
    let out = end;
    item.start = out;
    bytes[out++] = OPEN_BRACE;
    let hash = FIRST_HASH;
    const nodes = rule.keyNodes;
    for (let index = 0; index < nodes.length; index++) {
      const { slot } = nodes[index]!;
      const tag = values.tags[slot]!;
      const first = values.starts[slot]! + BEFORE_TEXT[tag]!;
      const last = values.ends[slot]! - AFTER_TEXT[tag]!;
      hash = mixHash(addToHash(hash, values.words.bytes, first, last));
      if (index === 0) item.partitionHash = hash;
      item.keyHash = hash;
    }
    out = writeLayout(nodes, values, to, out, true);
    item.keyEnd = out;
    out = writeLayout(others, values, to, out, false);
    if (rest !== null) {
      bytes.set(rest, out);
      out += rest.length;
    }
    bytes[out++] = CLOSE_BRACE;
    item.end = out;
    item.sizeBytes = sizeBytes;
    item.units = writeUnits(sizeBytes);
    item.plan = plan;
    end = out;
  }

  /** Two items of one row with one key would be written in any order. */
  function twinFault(rule: ItemRule): Fault | null {
    const last = items[count - 1]!;
    for (let index = 0; index < count - 1; index++) {
      const other = items[index]!;
      if (other.keyHash !== last.keyHash || !isSameKey(to.bytes, other, last)) continue;
      const reason = `two items of the row have the same key${rule.name === '' ? '' : `; one of them is '${rule.name}'`}`;
      return { code: 'duplicate-items', column: '', reason };
    }
    return null;
  }
}

/** The `newer_by` attribute of a delete may be its sort key. */
function isKeyNode(rule: ItemRule, nodes: readonly LayoutNode[]): boolean {
  return nodes.length === 1 && rule.keyNodes.some(({ slot }) => slot === nodes[0]!.slot);
}

function keyFault(values: Values, { keys, indexKeys }: ItemRule): Fault | null {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    const { slot, name } = key.node;
    if (!hasText(values, slot)) return emptyKey(values, key);
    if (values.tags[slot] !== key.tag) {
      const reason = `the value is of type ${TAG_NAMES[values.tags[slot]!]!}; ${key.kind} of the table is of type ${key.type}`;
      return { code: 'key-type', column: name, reason };
    }
    const size = values.sizes[slot]!;
    if (size <= key.maxBytes) continue;
    return {
      code: 'key-too-large',
      column: name,
      reason: `the value has ${size} bytes; ${key.kind} takes ${key.maxBytes}`,
    };
  }
  for (let index = 0; index < indexKeys.length; index++) {
    const { slot, name, type, index: of, maxBytes } = indexKeys[index]!;
    const tag = values.tags[slot]!;
    if (tag < FIRST_TAG) continue;
    const isValid = tag === TAGS[type] && hasText(values, slot) && values.sizes[slot]! <= maxBytes;
    if (isValid) continue;
    const found =
      tag !== TAGS[type]
        ? `of type ${TAG_NAMES[tag]!}`
        : hasText(values, slot)
          ? `over ${maxBytes} bytes`
          : 'empty';
    const reason = `the value is ${found}; as a key of index '${of}' it must be of type ${type}, not empty, and have at most ${maxBytes} bytes`;
    return { code: 'index-key-invalid', column: name, reason };
  }
  return null;
}

function emptyKey(values: Values, { node, attribute }: KeyRule): Fault {
  const missing = attribute?.parts.find(({ slot }) => !hasText(values, slot));
  const why = missing === undefined ? 'the value is empty' : `its part '${missing.name}' is missing or empty`;
  return { code: 'key-empty', column: node.name, reason: `${why}; a key needs a value` };
}

function newerByFault(values: Values, { newerBy }: ItemRule, { newerBy: name }: WritePlan): Fault | null {
  if (name === null || newerBy === null) return null;
  const tag = values.tags[newerBy.slot]!;
  if ((tag === TAGS.S || tag === TAGS.N) && hasText(values, newerBy.slot)) return null;
  const reason = `the value is missing or no string or number; newer_by compares it with the stored item's`;
  return { code: 'newer-by-missing', column: name, reason };
}

/** What a merge removes, and what it sets only where it is absent: `,"":{"remove":["a"],"absent":["b"]}`. */
function mergeMember({ others }: ItemRule, { tags, defaulted }: Values): Uint8Array | null {
  let remove: string[] | null = null;
  let absent: string[] | null = null;
  for (let index = 0; index < others.length; index++) {
    const { name, slot } = others[index]!;
    if (slot < 0) continue;
    if (tags[slot] === REMOVED) (remove ??= []).push(name);
    else if (tags[slot]! >= FIRST_TAG && defaulted[slot] === 1) (absent ??= []).push(name);
  }
  if (remove === null && absent === null) return null;
  return encoder.encode(`,"":${JSON.stringify({ remove: remove ?? [], absent: absent ?? [] })}`);
}

function isSameKey(bytes: Uint8Array, a: MappedItem, b: MappedItem): boolean {
  const length = a.keyEnd - a.start;
  if (length !== b.keyEnd - b.start) return false;
  for (let k = 0; k < length; k++) if (bytes[a.start + k] !== bytes[b.start + k]) return false;
  return true;
}

function newItem(): MappedItem {
  return { start: 0, keyEnd: 0, end: 0, sizeBytes: 0, units: 0, partitionHash: 0, keyHash: 0, plan: 0 };
}
