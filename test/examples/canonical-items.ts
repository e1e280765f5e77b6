import { canonicalNumber } from '../../src/core/types/numbers/canonical-number.ts';

type Value = Readonly<Record<string, unknown>>;

/**
 * Items in one order, with each number in its canonical form and each set in order: what DynamoDB takes as equal is equal. Bytes
 * are base64, or a Uint8Array of the SDK.
 */
export function canonicalItems(items: readonly object[]): string[] {
  return items.map((item) => JSON.stringify(members(item as Value))).toSorted();
}

function canonical(value: unknown): unknown {
  const [tag = '', inner] = Object.entries(value as Value)[0] ?? [];
  switch (tag) {
    case 'N':
      return { N: canonicalNumber(inner as string) };
    case 'B':
      return { B: typeof inner === 'string' ? inner : Buffer.from(inner as Uint8Array).toString('base64') };
    case 'NS':
      return { NS: (inner as string[]).map(canonicalNumber).toSorted() };
    case 'SS':
      return { SS: (inner as string[]).toSorted() };
    case 'L':
      return { L: (inner as unknown[]).map(canonical) };
    case 'M':
      return { M: members(inner as Value) };
    default:
      return value;
  }
}

function members(value: Value): Value {
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, canonical(value[name])]));
}
