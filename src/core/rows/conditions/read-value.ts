import { Decimal } from '../../expressions/where/decimal.ts';
import type { ValueKind } from '../../expressions/scope.ts';
import type { RowState } from '../row-state.ts';
import { valueJson, valueText } from '../values/value-text.ts';
import { FIRST_TAG, TAGS } from '../values/values.ts';

/** What a condition can read of a value: evaluating takes time by these, for any expression. */
const MOST_BYTES = 64 * 1024;
const MOST_ELEMENTS = 1000;

const LOWER_T = 0x74;
const OPENING_BYTES = '{"BOOL":'.length;

/** A value as a condition sees it. Throws an Error if it is too large. */
export function readValue(state: RowState, slot: number, kind: ValueKind): unknown {
  const { values } = state;
  const tag = values.tags[slot]!;
  const isList = kind === 'list' || kind === 'strings' || kind === 'numbers';
  if (tag < FIRST_TAG || tag === TAGS.NULL) return isList ? [] : null;
  const bytes = values.ends[slot]! - values.starts[slot]!;
  if (bytes > MOST_BYTES)
    throw new Error(`a value has ${bytes} bytes, and a condition can read ${MOST_BYTES}`);
  switch (kind) {
    case 'string':
      return valueText(values, slot, state.texts) ?? '';
    case 'number':
      return new Decimal(valueText(values, slot, state.texts)!);
    case 'boolean':
      return values.words.bytes[values.starts[slot]! + OPENING_BYTES] === LOWER_T;
    case 'instant':
      return new Date(Number(valueText(values, slot, state.texts)));
    case 'strings':
    case 'numbers':
    case 'list':
    case 'any':
      return fromJson(valueJson(values, slot) as Readonly<Record<string, unknown>>);
  }
}

/** Maps become Maps: no name in a cell can be taken for a property of objects. */
function fromJson(value: Readonly<Record<string, unknown>>): unknown {
  const [tag, inner] = Object.entries(value)[0]!;
  switch (tag) {
    case 'N':
      return new Decimal(inner as string);
    case 'NULL':
      return null;
    case 'NS':
      return elements(inner as string[], (text) => new Decimal(text));
    case 'SS':
    case 'BS':
      return elements(inner as string[], (text) => text);
    case 'L':
      return elements(inner as Record<string, unknown>[], fromJson);
    case 'M':
      return new Map(
        elements(
          Object.entries(inner as Record<string, Record<string, unknown>>),
          ([name, each]) => [name, fromJson(each)] as const,
        ),
      );
    default:
      return inner;
  }
}

function elements<T, U>(list: readonly T[], read: (element: T) => U): U[] {
  if (list.length > MOST_ELEMENTS) {
    throw new Error(`a value has ${list.length} elements, and a condition can read ${MOST_ELEMENTS}`);
  }
  return list.map(read);
}
