import { canonicalNumber } from '../src/core/types/numbers/canonical-number.ts';
import type { Operation } from '../src/core/ports.ts';
import type { WritePlan } from '../src/core/write-plan.ts';
import type { Attributes } from './item.ts';

/** An operation as the table reads it: what is set, and of a `merge` what is removed or set only where it is absent. */
export type ModelOperation = WritePlan & {
  readonly attributes: Attributes;
  readonly remove: readonly string[];
  readonly absent: readonly string[];
};

export type ModelOutcome =
  /** null: no item is stored any more. */
  | { readonly kind: 'written'; readonly item: Attributes | null }
  | { readonly kind: 'kept'; readonly isEqual: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads an operation's text (`core/rows/item.ts`). */
export function modelOperation({ kind, newerBy, bytes, start, end }: Operation): ModelOperation {
  const members = JSON.parse(decoder.decode(bytes.subarray(start, end))) as Attributes;
  const { '': rules = {}, ...attributes } = members;
  const { remove = [], absent = [] } = rules as { remove?: string[]; absent?: string[] };
  return { kind, newerBy, attributes, remove, absent };
}

/** What DynamoDB does with the operation where `stored` is the item with its key. `keyNames`: the attributes of the table's key. */
export function carriedOut(
  operation: ModelOperation,
  stored: Attributes | null,
  keyNames: readonly string[],
): ModelOutcome {
  const { kind, newerBy, attributes } = operation;
  if (kind === 'insert' && stored !== null) return { kind: 'kept', isEqual: sameItems(stored, attributes) };
  if (newerBy !== null && stored?.[newerBy] !== undefined) {
    const order = compared(stored[newerBy], attributes[newerBy]!);
    if (order === null) return { kind: 'refused', reason: otherType(newerBy, stored, attributes) };
    if (order > 0) return { kind: 'kept', isEqual: false };
  }
  if (kind === 'delete') return { kind: 'written', item: null };
  if (kind !== 'merge') return { kind: 'written', item: attributes };
  return { kind: 'written', item: merged(operation, stored, keyNames) };
}

/** In the words of the adapter, which compares the types: DynamoDB only says that the condition failed. */
function otherType(newerBy: string, stored: Attributes, sent: Attributes): string {
  const [theirs, ours] = [stored, sent].map((item) => Object.keys(item[newerBy]!)[0]);
  return `the stored item's attribute '${newerBy}' has the type ${theirs}, and the row's has ${ours}${INCOMPARABLE}`;
}

export const INCOMPARABLE = ': they cannot be compared (write.newer_by)';

function merged(
  { attributes, remove, absent }: ModelOperation,
  stored: Attributes | null,
  keyNames: readonly string[],
): Attributes {
  const item: Attributes = { ...stored };
  for (const [name, value] of Object.entries(attributes)) {
    if (absent.includes(name) && item[name] !== undefined) continue;
    item[name] = value;
  }
  for (const name of remove) if (!keyNames.includes(name)) delete item[name];
  return item;
}

/** Below 0: `a` is less. null: their types differ. */
function compared(a: Record<string, unknown>, b: Record<string, unknown>): number | null {
  const [typeA, valueA] = Object.entries(a)[0]!;
  const [typeB, valueB] = Object.entries(b)[0]!;
  if (typeA !== typeB) return null;
  if (typeA === 'N') return Number(valueA) - Number(valueB);
  return Buffer.compare(Buffer.from(String(valueA)), Buffer.from(String(valueB)));
}

/** Items with the types that the simulated table supports. */
export function sameItems(a: Attributes, b: Attributes): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, part]: [string, unknown]) => {
    if (name === 'N') return `N:${canonicalNumber(String(part))}`;
    if (name === 'NS' && Array.isArray(part)) {
      return `NS:${sorted(part.map((member) => canonicalNumber(String(member))))}`;
    }
    if (name === 'SS' && Array.isArray(part)) return `SS:${sorted(part.map(String))}`;
    return `${JSON.stringify(name)}:${canonical(part)}`;
  });
  return `{${sorted(entries)}}`;
}

function sorted(texts: readonly string[]): string {
  return JSON.stringify(texts.toSorted((a, b) => (a < b ? -1 : 1)));
}
