import { invalidText } from '../csv/encoding.ts';
import { ESCAPED, QUOTED, SPECIAL } from '../csv/record-reader.ts';
import { type ColumnType, excerpt, NULL_VALUE, refuse } from './column-type.ts';
import { createJsonCopy, NUL_BYTE } from './json-string.ts';
import { copyWords } from './words.ts';

/** The cell's text as it is. An empty cell is null, an empty pair of quotes an empty string. */
export const string: ColumnType = {
  tag: 'S',
  mayBeKey: true,
  compile(format) {
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
      const out = json.copy(from.bytes, start, end, to.bytes, at, mark);
      if (out < 0) {
        const text = excerpt(row, field, format);
        if (out === NUL_BYTE) return refuse(row, 'nul-byte', `${text} contains a NUL byte`);
        const { code, reason } = invalidText(format.encoding, text);
        return refuse(row, code, reason);
      }
      row.valueBytes = json.textBytes;
      return out;
    };
  },
};
