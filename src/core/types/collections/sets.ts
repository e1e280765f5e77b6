import type { CellOptions } from '../cell-options.ts';
import { type ColumnType, excerptOf, NULL_VALUE, refuse, REFUSED, type ValueWriter } from '../column-type.ts';
import { number } from '../numbers/number.ts';
import { string } from '../string.ts';
import { compileElements } from './elements.ts';

/** A set of texts. A text that stands twice is one element; a cell without elements is null. */
export const string_set: ColumnType = {
  tagOf: () => 'SS',
  mayBeKey: false,
  options: ['separator', 'format', 'case', 'normalize'],
  bytesPerByte: 11,
  compile: (options) => compileSet(options, string.compile(options)),
};

/** A set of numbers, in canonical form: 1 and 1.0 are one element. */
export const number_set: ColumnType = {
  tagOf: () => 'NS',
  mayBeKey: false,
  options: ['separator', 'format', 'decimal', 'thousands', 'negative'],
  compile: (options) => compileSet(options, number.compile({ ...options, isCanonical: true })),
};

const QUOTE = 0x22;
const COMMA = 0x2c;

function compileSet(options: CellOptions, write: ValueWriter): ValueWriter {
  const elements = compileElements(options);
  return (result, from, start, end, at) => {
    const { bytes } = result.to;
    const known = new Set<string>();
    let out = at;
    let size = 0;
    let count = 0;
    const reason = elements(from, start, end, (words, first, last) => {
      count++;
      if (first === last) return `element ${count} is empty`;
      const position = known.size === 0 ? out : out + 1;
      const written = write(result, words, first, last, position + 1);
      if (written === REFUSED)
        return `element ${count}: ${result.refusals.map(({ reason: each }) => each).join(', ')}`;
      const text = latin1(bytes, position + 1, written);
      if (known.has(text)) return null;
      if (known.size > 0) bytes[out] = COMMA;
      known.add(text);
      bytes[position] = QUOTE;
      bytes[written] = QUOTE;
      size += result.valueBytes;
      out = written + 1;
      return null;
    });
    if (reason !== null) {
      return refuse(result, 'list-invalid', `${excerptOf(from.bytes, start, end)} is not a set: ${reason}`);
    }
    if (known.size === 0) return NULL_VALUE;
    result.valueBytes = size;
    return out;
  };
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
