import { type ColumnType, excerptOf, NULL_VALUE, refuse } from '../column-type.ts';
import { createJsonWriter, JSON_NULL } from './json-value.ts';

/** JSON of any kind: an object becomes a map, an array a list, `null` no attribute. */
export const json: ColumnType = {
  tagOf: () => 'any',
  mayBeKey: false,
  options: [],
  compile() {
    const writer = createJsonWriter();
    return (result, from, start, end, at) => {
      const out = writer.write(from.bytes, start, end, result.to.bytes, at, false);
      if (out === JSON_NULL) return NULL_VALUE;
      if (typeof out === 'string') {
        return refuse(
          result,
          'json-invalid',
          `${excerptOf(from.bytes, start, end)} is not JSON to store: ${out}`,
        );
      }
      result.valueBytes = writer.valueBytes;
      return out;
    };
  },
};
