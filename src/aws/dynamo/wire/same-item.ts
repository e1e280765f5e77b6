import { canonicalNumber } from '../../../core/types/numbers/canonical-number.ts';
import { isRecord } from './unprocessed.ts';

/** Whether two items in DynamoDB's JSON have equal attributes: numbers by value, sets in any order. */
export function sameItem(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameValue(a[name], b[name]))
  );
}

/** Of two attribute values such as `{"N":"1"}`. */
function sameValue(a: unknown, b: unknown): boolean {
  const [typeA, valueA] = entryOf(a);
  const [typeB, valueB] = entryOf(b);
  if (typeA !== typeB) return false;
  switch (typeA) {
    case 'N':
      return canonicalNumber(String(valueA)) === canonicalNumber(String(valueB));
    case 'NS':
      return sameSet(valueA, valueB, canonicalNumber);
    case 'SS':
    case 'BS':
      return sameSet(valueA, valueB, (text) => text);
    case 'L':
      return (
        Array.isArray(valueA) &&
        Array.isArray(valueB) &&
        valueA.length === valueB.length &&
        valueA.every((value, index) => sameValue(value, valueB[index]))
      );
    case 'M':
      return isRecord(valueA) && isRecord(valueB) && sameItem(valueA, valueB);
    default:
      return valueA === valueB;
  }
}

function entryOf(value: unknown): readonly [string, unknown] {
  return (isRecord(value) ? Object.entries(value)[0] : undefined) ?? ['', value];
}

function sameSet(a: unknown, b: unknown, canonical: (text: string) => string): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  const members = new Set(a.map((member) => canonical(String(member))));
  return b.every((member) => members.has(canonical(String(member))));
}
