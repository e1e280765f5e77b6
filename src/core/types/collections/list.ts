import { type ColumnType, excerptOf, NULL_VALUE, refuse, REFUSED, AROUND } from '../column-type.ts';
import { wordText, writeWords } from '../words.ts';
import { compileElements } from './elements.ts';
import { createJsonWriter, JSON_NULL } from './json-value.ts';

/** Overheads of "DynamoDB Item sizes and formats". */
const LIST_BYTES = 3;
const ELEMENT_BYTES = 1;
const COMMA = 0x2c;
const encoder = new TextEncoder();

/** A list of values of one type, or with `format: json` without `of` a JSON array of any values. */
export const list: ColumnType = {
  tagOf: () => 'L',
  mayBeKey: false,
  options: ['separator', 'format', 'of'],
  // `,` becomes `,{"S":""}`.
  bytesPerByte: 16,
  compile(options) {
    if (options.spec.of === undefined && options.formats.includes('json')) return compileJsonList();
    const { type, options: elementOptions } = options.element!;
    const elements = compileElements(options);
    const write = type.compile(elementOptions);
    const around = AROUND[type.tagOf(elementOptions)].map((text) => wordText(encoder.encode(text)));
    return (result, from, start, end, at) => {
      let out = at;
      let size = LIST_BYTES;
      let count = 0;
      const reason = elements(from, start, end, (words, first, last) => {
        count++;
        if (first === last && type.takesEmpty !== true) return `element ${count} is empty`;
        if (count > 1) result.to.bytes[out++] = COMMA;
        const written = write(result, words, first, last, writeWords(around[0]!, result.to, out));
        if (written === REFUSED)
          return `element ${count}: ${result.refusals.map(({ reason: each }) => each).join(', ')}`;
        if (written === NULL_VALUE) return `element ${count} is null`;
        size += ELEMENT_BYTES + result.valueBytes;
        out = writeWords(around[1]!, result.to, written);
        return null;
      });
      if (reason !== null)
        return refuse(
          result,
          'list-invalid',
          `${excerptOf(from.bytes, start, end)} is not a list: ${reason}`,
        );
      result.valueBytes = size;
      return out;
    };
  },
};

function compileJsonList(): ReturnType<ColumnType['compile']> {
  const writer = createJsonWriter();
  return (result, from, start, end, at) => {
    const out = writer.write(from.bytes, start, end, result.to.bytes, at, true);
    if (out === JSON_NULL) return NULL_VALUE;
    if (typeof out === 'string') {
      return refuse(result, 'list-invalid', `${excerptOf(from.bytes, start, end)} is not a list: ${out}`);
    }
    result.valueBytes = writer.valueBytes;
    return out;
  };
}
