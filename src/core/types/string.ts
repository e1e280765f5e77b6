import { invalidText } from '../csv/text/encoding.ts';
import { DEFAULT_FORMAT, type Format } from '../csv/format.ts';
import { ESCAPED, NULL_MARK, QUOTED, SPECIAL } from '../csv/record-reader.ts';
import { createScratch, encodeText } from './cells/scratch.ts';
import {
  type CellWriter,
  type ColumnType,
  excerpt,
  excerptOf,
  NULL_VALUE,
  refuse,
  type Result,
} from './column-type.ts';
import { createJsonCopy, NUL_BYTE } from './json-string.ts';
import { copyWords } from './words.ts';

/** The cell's text as it is, or with one letter case, or in a normal form of Unicode. */
export const string: ColumnType = {
  tagOf: () => 'S',
  mayBeKey: true,
  takesEmpty: true,
  options: ['case', 'normalize', 'length', 'pattern'],
  // U+FDFA has three bytes, and 33 in the forms NFKC and NFKD.
  bytesPerByte: 11,
  compile({ spec }) {
    const change = compileChange(spec.case, spec.normalize);
    const json = createJsonCopy(DEFAULT_FORMAT);
    return (result, from, start, end, at) => {
      let source = from;
      let first = start;
      let last = end;
      if (change !== null) {
        const text = decodeText(from.bytes, start, end);
        if (text === null) return refuseText(result, 0, excerptOf(from.bytes, start, end), DEFAULT_FORMAT);
        ({ words: source, length: last } = encodeText(change(text), scratch));
        first = 0;
      }
      const out = json.copy(source.bytes, first, last, result.to.bytes, at, 0);
      if (out < 0) return refuseText(result, out, excerptOf(from.bytes, start, end), DEFAULT_FORMAT);
      result.valueBytes = json.textBytes;
      return out;
    };
  },
  compilePlain,
};

const scratch = createScratch();
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** An empty cell is null, an empty pair of quotes an empty string. */
function compilePlain(format: Format): CellWriter {
  const json = createJsonCopy(format);
  return (row, field, at) => {
    const { reader, from, to } = row;
    const start = reader.starts[field]!;
    const end = reader.ends[field]!;
    const mark = reader.marks[field]!;
    if ((mark & (SPECIAL | ESCAPED)) === 0) {
      if (start === end && (mark & QUOTED) === 0) return NULL_VALUE;
      row.valueBytes = end - start;
      return copyWords(from, start, end, to, at);
    }
    if ((mark & NULL_MARK) !== 0) return NULL_VALUE;
    const out = json.copy(from.bytes, start, end, to.bytes, at, mark);
    if (out < 0) return refuseText(row, out, excerpt(row, field, format), format);
    row.valueBytes = json.textBytes;
    return out;
  };
}

export function decodeText(bytes: Uint8Array, start: number, end: number): string | null {
  try {
    return strictUtf8.decode(bytes.subarray(start, end));
  } catch {
    return null;
  }
}

function compileChange(
  letterCase: 'upper' | 'lower' | undefined,
  normalize: string | undefined,
): ((text: string) => string) | null {
  if (letterCase === undefined && normalize === undefined) return null;
  return (text) => {
    const changed =
      letterCase === undefined ? text : letterCase === 'upper' ? text.toUpperCase() : text.toLowerCase();
    return normalize === undefined ? changed : changed.normalize(normalize.toUpperCase());
  };
}

/** `verdict`: of the copy. */
export function refuseText(result: Result, verdict: number, text: string, { encoding }: Format): number {
  if (verdict === NUL_BYTE) return refuse(result, 'nul-byte', `${text} contains a NUL byte`);
  const { code, reason } = invalidText(encoding, text);
  return refuse(result, code, reason);
}
