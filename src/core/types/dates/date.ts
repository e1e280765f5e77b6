import { type ColumnType, excerptOf, refuse } from '../column-type.ts';
import { DAY_MS } from './calendar.ts';
import { compileFormats } from './formats/date-formats.ts';
import { localMs } from './formats/date-reader.ts';
import { compileStore, type Moment, storeTag } from './date-store.ts';
import { namedZone, startOfDay } from './time-zone.ts';

/** A day without a time. */
export const date: ColumnType = {
  tagOf: storeTag,
  mayBeKey: true,
  options: ['format', 'time_zone', 'store', 'min', 'max'],
  compile(options) {
    const formats = compileFormats('date', options);
    const store = compileStore('date', options);
    const zone = namedZone(options.time_zone);
    const moment: Moment = { instantMs: 0, localMs: 0 };
    return (result, from, start, end, at) => {
      const read = formats.read(from.bytes, start, end);
      if (read === null) {
        const text = excerptOf(from.bytes, start, end);
        return refuse(
          result,
          'date-invalid',
          `${text} is not a date (format: ${options.formats.join(', ')})`,
        );
      }
      if (read === 'instant') {
        const offset = zone === null ? 0 : zone.offsetAt(formats.instantMs);
        moment.localMs = Math.floor((formats.instantMs + offset) / DAY_MS) * DAY_MS;
      } else {
        moment.localMs = localMs(formats.fields);
      }
      moment.instantMs = zone === null ? moment.localMs : startOfDay(zone, moment.localMs);
      result.instantMs = moment.localMs;
      return store.write(result, from, start, end, moment, at);
    };
  },
};
