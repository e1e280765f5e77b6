import { expect, test } from 'vitest';
import type { Attributes } from '../../sim/item.ts';
import { carriedOut, type ModelOperation, sameItems } from '../../sim/write-model.ts';

const KEYS = ['id'];

function of(
  kind: ModelOperation['kind'],
  newerBy: string | null,
  more: Attributes,
  rules: object = {},
): ModelOperation {
  return { kind, newerBy, attributes: { id: { S: 'k' }, ...more }, remove: [], absent: [], ...rules };
}

const version = (v: number): Attributes => ({ v: { N: String(v) } });

/** What a file's rows with one key can be, without a condition and with one. */
const UNCONDITIONAL: readonly ModelOperation[] = [
  of('put', null, { a: { S: '1' } }),
  of('insert', null, { a: { S: '2' } }),
  of('merge', null, { a: { S: '3' } }),
  of('merge', null, { b: { S: '4' } }, { remove: ['a'] }),
  of('merge', null, { a: { S: '5' } }, { absent: ['a'] }),
  of('delete', null, {}),
];
const CONDITIONAL: readonly ModelOperation[] = [1, 2, 3].flatMap((v) => [
  of('put', 'v', { ...version(v), a: { S: String(v) } }),
  of('merge', 'v', { ...version(v), b: { S: String(v) } }),
  of('delete', 'v', version(v)),
]);
const STORED: readonly (Attributes | null)[] = [
  null,
  { id: { S: 'k' }, a: { S: 'old' } },
  ...[1, 2, 3].map((v) => ({ id: { S: 'k' }, ...version(v), c: { S: 'old' } })),
];

function after(operations: readonly ModelOperation[], stored: Attributes | null): Attributes | null {
  return operations.reduce<Attributes | null>((item, operation) => {
    const outcome = carriedOut(operation, item, KEYS);
    return outcome.kind === 'written' ? outcome.item : item;
  }, stored);
}

function* sequences(all: readonly ModelOperation[], length: number): Generator<readonly ModelOperation[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const rest of sequences(all, length - 1)) for (const one of all) yield [...rest, one];
}

function same(a: Attributes | null, b: Attributes | null): boolean {
  return a === null || b === null ? a === b : sameItems(a, b);
}

// A loader that resumes sends the rows of a key again, from its checkpoint on and in order, though later ones were sent before. So
// the rows that were sent are sent twice, and then the others.
test.each([
  ['without newer_by', UNCONDITIONAL, 4],
  ['with newer_by', CONDITIONAL, 4],
])('rows of one key %s leave the same item if a crash lets them be sent twice', (_, all, longest) => {
  const differing: object[] = [];
  for (let length = 1; length <= longest; length++) {
    for (const operations of sequences(all, length)) {
      for (const stored of STORED) {
        const once = after(operations, stored);
        if (!same(after(operations, once), once)) differing.push({ operations, stored });
      }
    }
  }
  expect(differing).toEqual([]);
});

test('an insert among rows with newer_by would not: therefore a dataset cannot have both', () => {
  const operations = [of('insert', null, version(3)), of('delete', 'v', version(2))];
  const once = after(operations, STORED[3]!);
  expect(once).toBeNull();
  expect(after(operations, once)).not.toBeNull();
});
