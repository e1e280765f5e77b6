import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { seededRandom } from '../sim/random.ts';

const header = ['id', 'name', 'email', 'age', 'height_m', 'active', 'joined', 'notes'];
const rows = 1_000;

/** Names, of which none is meant to be anybody's, and the address's part before the @. */
const people: readonly (readonly [name: string, mailbox: string])[] = [
  ['Ada Brightwater', 'ada.brightwater'],
  ['Zoë Müller-Ångström', 'zoe.mueller'],
  ["Siobhán O'Dúnlaing", 'siobhan'],
  ['Łukasz Żurawski', 'lukasz.z'],
  ['Nguyễn Thị Mỹ Duyên', 'myduyen'],
  ['佐藤 春香', 'haruka.sato'],
  ['王小明', 'xiaoming.wang'],
  ['김하늘', 'haneul.kim'],
  ['ليلى الحداد', 'layla'],
  ['נועה לוי', 'noa.levi'],
  ['Ολυμπία Καρρά', 'olympia'],
  ['Дарья Соколова', 'daria.s'],
  ['अनन्या शर्मा', 'ananya'],
  ['Bo Li', 'bo'],
  ['Søren Kjærgård', 'soren.k'],
  ['João da Conceição', 'joao'],
  ['Grace Okonkwo-Adeyemi', 'grace.oa'],
  ['Tomás Peña', 'tomas.pena'],
  ['Ximena de la Cruz y Ortega', 'ximena'],
  ['Jean-Luc Lefèvre', 'jl.lefevre'],
];

const notes = [
  '',
  '',
  'met at the conference',
  'prefers tea, not coffee',
  'says "call me maybe", twice',
  'two lines:\nthe second one',
  'Straße 5, Köln',
  '喜欢骑自行车 🚲',
  'مرحبا، كيف الحال؟',
  'שלום, עולם',
  '👩‍👩‍👧‍👦 family plan',
  'a "quoted, word"\nand a line\n\nafter an empty one',
  'ends with a quote"',
  ' leading and trailing spaces ',
  'tab\there',
  '=SUM(A1:A9)',
];

/** What stands in place of the row of that number: `samples/README.md` says what is wrong with each. */
const oddRows: ReadonlyMap<number, (cells: readonly string[]) => readonly string[]> = new Map([
  [150, (cells) => cells.with(3, 'unknown')],
  [333, (cells) => [...cells.slice(0, 4), '1', '75', ...cells.slice(5)]],
  [480, (cells) => cells.slice(0, 5)],
  [612, (cells) => cells.with(0, '')],
  [700, (cells) => cells.with(0, idOf(120)).with(7, 'moved, this row replaces the earlier one')],
  [871, (cells) => cells.with(5, 'maybe')],
]);

/** The text of `samples/people.csv`: the same at each call. */
export function makeSample(): string {
  const random = seededRandom(2026);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const records = [header];
  for (let row = 1; row <= rows; row += 1) {
    const [name, mailbox] = pick(people);
    const cells = [
      idOf(row),
      name,
      `${mailbox}.${row}@example.org`,
      random() < 0.05 ? '' : String(18 + Math.floor(random() * 70)),
      (1.45 + random() * 0.6).toFixed(2),
      random() < 0.7 ? 'true' : 'false',
      new Date(Date.UTC(2015, 0, 1 + Math.floor(random() * 4_000))).toISOString().slice(0, 10),
      pick(notes),
    ];
    records.push([...(oddRows.get(row)?.(cells) ?? cells)]);
  }
  return records.map((cells) => `${cells.map(quoteWhereNeeded).join(',')}\n`).join('');
}

function idOf(row: number): string {
  return `p${String(row).padStart(4, '0')}`;
}

/** As RFC 4180 has it. */
function quoteWhereNeeded(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const path = join(import.meta.dirname, '../samples/people.csv');
  await writeFile(path, makeSample());
  console.log(`samples/people.csv: ${rows} records`);
}
