import { DEFAULT_FORMAT } from '../src/core/csv/format.ts';
import { createRecordReader } from '../src/core/csv/record-reader.ts';
import type { CellSpec } from '../src/core/types/column-spec.ts';
import { createRow } from '../src/core/types/column-type.ts';
import { compileCell } from '../src/core/types/compile-cell.ts';
import { SPARE_BYTES } from '../src/core/types/words.ts';
import { median } from './measure.ts';

/** `node bench/cells.ts`: how many cells a CPU-second the types read and write, without the reading of records. */
const CELLS = 200_000;
const ROUNDS = 7;

const CASES: readonly (readonly [name: string, spec: CellSpec, cell: (index: number) => string])[] = [
  ['string', {}, (index) => `name ${index}`],
  ['string, null words', { null_values: ['', 'NULL', 'N/A'] }, (index) => `name ${index}`],
  ['string, upper', { case: 'upper' }, (index) => `name ${index}`],
  ['string, native pattern', { pattern: '^name [0-9]+$' }, (index) => `name ${index}`],
  ['string, automaton', { pattern: '^(na|name) ([0-9]+ ?)+$' }, (index) => `name ${index}`],
  ['string, enum', { enum: ['EUR', 'USD', 'GBP'] }, (index) => ['EUR', 'USD', 'GBP'][index % 3]!],
  ['number', { type: 'number' }, (index) => `${index}.25`],
  ['number, canonical', { type: 'number', min: '0' }, (index) => `${index}.25`],
  [
    'number, 1.234,50 €',
    { type: 'number', decimal: ',', thousands: ['.'], strip: ['€'] },
    (index) => `${1 + (index % 900)}.${100 + (index % 899)},25 €`,
  ],
  ['integer', { type: 'integer' }, (index) => `${index}`],
  ['boolean', { type: 'boolean' }, (index) => (index % 2 === 0 ? 'true' : 'no')],
  ['date, iso', { type: 'date' }, (index) => day(index, '-')],
  [
    'date, dd.MM.yyyy',
    { type: 'date', format: ['dd.MM.yyyy'] },
    (index) => day(index, '-').split('-').toReversed().join('.'),
  ],
  ['datetime, iso Z', { type: 'datetime' }, (index) => `${day(index, '-')}T10:${10 + (index % 50)}:00Z`],
  [
    'datetime, Europe/Berlin',
    { type: 'datetime', time_zone: 'Europe/Berlin', format: ['yyyy-MM-dd HH:mm:ss'] },
    (index) => `${day(index, '-')} 10:${10 + (index % 50)}:00`,
  ],
  [
    'datetime, epoch_s',
    { type: 'datetime', format: ['epoch_s'] },
    (index) => `${1_700_000_000 + index * 61}`,
  ],
  ['time', { type: 'time', max: '47:59:59' }, (index) => `25:${10 + (index % 50)}:00`],
  ['json', { type: 'json' }, (index) => `{'a':${index},'b':['x',true]}`.replaceAll("'", '""')],
  ['string_set', { type: 'string_set', separator: '|' }, (index) => `red|blue|${index}`],
  ['binary', { type: 'binary' }, (index) => Buffer.from(`bytes ${index}`).toString('base64')],
];

for (const [name, spec, cell] of CASES) {
  const rates = Array.from({ length: ROUNDS }, () => CELLS / cpuSeconds(spec, cell));
  console.log(`${name.padEnd(26)}${(median(rates) / 1e6).toFixed(1).padStart(6)} million cells a CPU-second`);
}

function day(index: number, mark: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return [2000 + (index % 25), two(1 + (index % 12)), two(1 + (index % 28))].join(mark);
}

function cpuSeconds(spec: CellSpec, cell: (index: number) => string): number {
  const texts = Array.from({ length: 1000 }, (_, index) => `"${cell(index * 37)}"`);
  const content = Buffer.from(texts.join(','));
  const bytes = new Uint8Array(content.length + SPARE_BYTES + 1);
  bytes.set(content);
  const reader = createRecordReader(DEFAULT_FORMAT);
  reader.open(bytes, 0, content.length, true);
  reader.next();
  const { write } = compileCell(spec, DEFAULT_FORMAT, false);
  const row = createRow(reader, bytes, new Uint8Array(4096));
  for (let warm = 0; warm < 20; warm++) writeAll();
  const start = process.cpuUsage();
  for (let count = 0; count < CELLS; count += texts.length) writeAll();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;

  function writeAll(): void {
    for (let field = 0; field < texts.length; field++) {
      if (write(row, field, 0) < 0) throw new Error(`${texts[field]} is refused: ${row.refusals[0]?.reason}`);
    }
  }
}
