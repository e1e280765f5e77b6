import { type ColumnType, excerptOf, refuse } from '../column-type.ts';
import { hasFraction } from './canonical-number.ts';
import { refuseNumber } from './number.ts';
import { compileNumber } from './number-writer.ts';

/** A number without fraction, in its canonical form: `12.0` is 12. */
export const integer: ColumnType = {
  tagOf: () => 'N',
  mayBeKey: true,
  options: ['decimal', 'thousands', 'negative', 'divide', 'multiply', 'min', 'max'],
  compile(options) {
    const write = compileNumber(options, true);
    return (result, from, start, end, at) => {
      const out = write(result, from, start, end, at);
      if (typeof out !== 'number') return refuseNumber(result, out, excerptOf(from.bytes, start, end));
      if (!hasFraction(result.to.bytes, at, out)) return out;
      return refuse(result, 'integer-invalid', `${excerptOf(from.bytes, start, end)} is not a whole number`);
    };
  },
};
