import type { Format } from '../csv/format.ts';
import { ESCAPED, NULL_MARK } from '../csv/record-reader.ts';
import { createTextTable } from './cells/text-table.ts';
import {
  type CellWriter,
  type ColumnType,
  excerpt,
  excerptOf,
  NULL_VALUE,
  refuse,
  type Result,
} from './column-type.ts';

type Words = Pick<Format, 'true_values' | 'false_values'>;

const encoder = new TextEncoder();
const TRUE = encoder.encode('true');
const FALSE = encoder.encode('false');

/** One of the words for true or for false, in any letter case. */
export const boolean: ColumnType = {
  tagOf: () => 'BOOL',
  mayBeKey: false,
  options: ['true_values', 'false_values'],
  compile(words) {
    const valueOf = compileWords(words);
    return (result, from, start, end, at) => {
      const value = valueOf(from.bytes, start, end);
      if (value === null) return refuseBoolean(result, excerptOf(from.bytes, start, end), words);
      return writeValue(value, result, at);
    };
  },
  compilePlain,
};

function compilePlain(format: Format): CellWriter {
  const valueOf = compileWords(format);
  return (row, field, at) => {
    const { starts, ends, marks } = row.reader;
    const start = starts[field]!;
    const end = ends[field]!;
    if (start === end) return NULL_VALUE;
    const value = marks[field]! < ESCAPED ? valueOf(row.from.bytes, start, end) : null;
    if (value === null) {
      if ((marks[field]! & NULL_MARK) !== 0) return NULL_VALUE;
      return refuseBoolean(row, excerpt(row, field, format), format);
    }
    return writeValue(value, row, at);
  };
}

/** The text of a value in JSON, or null for a word that is neither. */
function compileWords({ true_values, false_values }: Words) {
  const find = createTextTable([...true_values, ...false_values], true);
  return (bytes: Uint8Array, start: number, end: number): Uint8Array | null => {
    const word = find(bytes, start, end);
    return word < 0 ? null : word < true_values.length ? TRUE : FALSE;
  };
}

function writeValue(value: Uint8Array, result: Result, at: number): number {
  const { bytes } = result.to;
  for (let k = 0; k < value.length; k++) bytes[at + k] = value[k]!;
  result.valueBytes = 1;
  return at + value.length;
}

function refuseBoolean(result: Result, text: string, { true_values, false_values }: Words): number {
  const words = `true: ${true_values.join(', ')}; false: ${false_values.join(', ')}`;
  return refuse(result, 'boolean-invalid', `${text} is not a boolean (${words})`);
}
