import type { CellOptions } from '../cell-options.ts';
import { encodeText, createScratch } from '../cells/scratch.ts';
import { type ColumnType, excerptOf, refuse } from '../column-type.ts';
import { compileFormats } from './formats/date-formats.ts';
import { timeMs } from './formats/date-reader.ts';
import { compileStore, type Moment } from './date-store.ts';

const HOURS_A_DAY = 24;

/** A time of day, or with `max` of a service day that goes on after midnight: 25:10:00 is 01:10 of the next day. */
export const time: ColumnType = {
  tagOf: () => 'S',
  mayBeKey: true,
  options: ['format', 'store', 'min', 'max'],
  compile(options) {
    const formats = compileFormats('time', options);
    const hours = options.spec.max === undefined ? HOURS_A_DAY : Infinity;
    const store = compileStore('time', options, hourDigits(options));
    const moment: Moment = { instantMs: 0, localMs: 0 };
    return (result, from, start, end, at) => {
      const isTime = formats.read(from.bytes, start, end) === 'fields' && formats.fields.hour < hours;
      if (!isTime) {
        const text = excerptOf(from.bytes, start, end);
        return refuse(
          result,
          'time-invalid',
          `${text} is not a time (format: ${options.formats.join(', ')})`,
        );
      }
      const ms = timeMs(formats.fields);
      moment.localMs = ms;
      moment.instantMs = ms;
      result.instantMs = ms;
      return store.write(result, from, start, end, moment, at);
    };
  },
};

/** All times of a column have the same number of digits, so that they sort. */
function hourDigits(options: CellOptions): number {
  const { max } = options.spec;
  if (max === undefined) return 2;
  const formats = compileFormats('time', options);
  const { words, length } = encodeText(max, createScratch());
  const isRead = formats.read(words.bytes, 0, length) === 'fields';
  return isRead && formats.fields.hour >= 100 ? 3 : 2;
}
