import { seededRandom } from '../sim/random.ts';
import { peopleText } from './people.ts';
import { rowsText } from './text-file.ts';

const names = ['Ada Brandt', 'Boris Öhler', 'Chidi Abara', 'Dalia Weiß', 'Emre Jansen', 'Fatima Dubois'];
const streets = ['Lindenweg', 'Am Markt', 'Hafenstraße', 'Rosenallee'];
const cities = ['Köln', 'Berlin', 'Hamburg', 'Leipzig'];
/** By the row's last digit. */
const states = [
  'paid',
  'open',
  'paid',
  'shipped',
  'open',
  'shipped',
  'paid',
  'returned',
  'paid',
  'cancelled',
];

const header = 'Order No;Customer;Name;Placed at;Ship on;Total;Discount;Street;Zip;City;Status\n';

/**
 * The text of a file for `bench/datasets/rich.yaml`, in pieces: an order a row, about 130 bytes, with decimal commas, two dates
 * and null words. Every tenth row is cancelled. The same number of rows gives the same text.
 */
export function richText(rows: number): Generator<string> {
  const random = seededRandom(1);
  return rowsText(header, rows, (row) => {
    const mix = Math.floor(random() * 2 ** 32);
    const date = `${two(1 + ((mix >>> 3) % 28))}.${two(1 + ((mix >>> 8) % 12))}.2025`;
    const time = `${two(4 + ((mix >>> 4) % 20))}:${two((mix >>> 6) % 60)}:${two((mix >>> 7) % 60)}`;
    const total = `${1 + ((mix >>> 5) % 9)}.${String(100 + ((mix >>> 9) % 900))},${two((mix >>> 11) % 100)}`;
    const discount = (mix & 3) === 0 ? '-' : `${mix % 40},5`;
    const street = `${streets[(mix >>> 6) % 4]!} ${1 + (mix % 90)}`;
    return `O${row};C${(mix >>> 2) % 50_000};${names[mix % 6]!};${date} ${time};${date};${total};${discount};${street};${10_000 + (mix % 80_000)};${cities[(mix >>> 9) % 4]!};${states[row % 10]!}\n`;
  });
}

/** How many of the rows are not cancelled. */
export function keptRows(rows: number): number {
  return rows - Math.floor(rows / 10);
}

/** The text of a file of 300 columns, of which every second is empty: about 1.4 KB a row. */
export function wideText(rows: number): Generator<string> {
  const columns = Array.from({ length: 300 }, (_, column) => `c${column}`);
  return rowsText(`${columns.join(',')}\n`, rows, (row) => {
    let text = `k${row}`;
    for (let column = 1; column < 300; column++)
      text += column % 2 === 0 ? `,v${(row * column) % 1_000_000}` : ',';
    return `${text}\n`;
  });
}

/** The people file with letters beyond ASCII, which ISO 8859-1 has, in a quarter of the rows. */
export function* accentedText(rows: number): Generator<string> {
  for (const piece of peopleText({ rows })) {
    yield piece
      .replaceAll('Ada', 'Zoë')
      .replaceAll('called twice', 'café à deux')
      .replaceAll('Goran', 'Jörg');
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
