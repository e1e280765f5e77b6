import type { CellOptions } from '../cell-options.ts';
import type { AttributeTag, Result } from '../column-type.ts';
import { DEFAULT_FORMAT } from '../../csv/format.ts';
import { createJsonCopy } from '../json-string.ts';
import { numberSize } from '../numbers/number-writer.ts';
import type { Words } from '../words.ts';
import { type DateKind, EPOCHS, tokensOf } from './formats/date-formats.ts';
import {
  compileWriter,
  writeIsoDate,
  writeIsoDatetime,
  writeIsoTime,
  writeWhole,
} from './formats/date-writer.ts';

/** How a column's dates are stored: `store`. */
export type DateStore = {
  /** `from` [start, end) is the cell: `store: text` copies it. Sets `result.valueBytes`. */
  write(result: Result, from: Words, start: number, end: number, moment: Moment, at: number): number;
};

/** What was read. One object serves all cells. */
export type Moment = {
  /** In UTC; a date's is its midnight. */
  instantMs: number;
  /** What the clocks of the column's zone show, as if it were UTC. */
  localMs: number;
};

export function storeTag({ spec }: CellOptions): AttributeTag {
  return spec.store !== undefined && spec.store in EPOCHS ? 'N' : 'S';
}

const LETTER_Z = 0x5a;

/** `hourDigits`: of times. */
export function compileStore(kind: DateKind, { spec, time_zone }: CellOptions, hourDigits = 2): DateStore {
  const store = spec.store ?? 'iso';
  if (store === 'text') return textStore();
  if (store in EPOCHS) return epochStore(EPOCHS[store]!);
  const write =
    store === 'iso' ? isoWriter(kind, time_zone, hourDigits) : formatWriter(kind, store, time_zone);
  return {
    write(result, _from, _start, _end, moment, at) {
      const out = write(moment, result.to.bytes, at);
      result.valueBytes = out - at;
      return out;
    },
  };
}

type MomentWriter = (moment: Moment, to: Uint8Array, at: number) => number;

function isoWriter(kind: DateKind, zone: string | null, hourDigits: number): MomentWriter {
  if (kind === 'date') return ({ localMs }, to, at) => writeIsoDate(localMs, to, at);
  if (kind === 'time') return ({ localMs }, to, at) => writeIsoTime(localMs, hourDigits, to, at);
  if (zone === 'local') return ({ localMs }, to, at) => writeIsoDatetime(localMs, to, at);
  return ({ instantMs }, to, at) => {
    const out = writeIsoDatetime(instantMs, to, at);
    to[out] = LETTER_Z;
    return out + 1;
  };
}

function formatWriter(kind: DateKind, format: string, zone: string | null): MomentWriter {
  const write = compileWriter(tokensOf(format), kind === 'time' ? null : (zone ?? 'UTC'));
  return ({ localMs, instantMs }, to, at) => write(localMs, localMs - instantMs, to, at);
}

function epochStore(unitMs: number): DateStore {
  return {
    write(result, _from, _start, _end, { instantMs }, at) {
      const out = writeWhole(Math.floor(instantMs / unitMs), result.to.bytes, at);
      result.valueBytes = numberSize(out - at);
      return out;
    },
  };
}

function textStore(): DateStore {
  const json = createJsonCopy(DEFAULT_FORMAT);
  return {
    write(result, from, start, end, _moment, at) {
      const out = json.copy(from.bytes, start, end, result.to.bytes, at, 0);
      result.valueBytes = json.textBytes;
      return out;
    },
  };
}
