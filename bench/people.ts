import { seededRandom } from '../sim/random.ts';
import { rowsText, writePieces } from './text-file.ts';

export type PeopleOptions = {
  readonly rows: number;
  readonly seed?: number;
  /** Shares of the rows, 0 to 1, whose notes are quoted (a comma and a doubled quote) … */
  readonly quotes?: number;
  /** … or quoted with a newline inside … */
  readonly newlines?: number;
  /** … and whose names are beyond ASCII. */
  readonly unicode?: number;
};

export const peopleHeader = 'id,name,email,age,height_m,active,joined,notes\n';

const defaults = { seed: 1, quotes: 0, newlines: 0, unicode: 0 } as const;

const given = ['Ada', 'Boris', 'Chidi', 'Dalia', 'Emre', 'Fatima', 'Goran', 'Hanako', 'Imani', 'Jorge'];
const family = [
  'Abara',
  'Brandt',
  'Castillo',
  'Dubois',
  'Eriksen',
  'Fischer',
  'Grieco',
  'Hamada',
  'Ivanov',
  'Jansen',
];
const unicodeNames = [
  'Zoë Ångström',
  '佐藤 春香',
  '王小明',
  'Łukasz Żuraw',
  'Дарья Соколова',
  'ليلى الحداد',
  'João 🚲',
];
const remarks = [
  'prefers the morning',
  'called twice today',
  'moved last summer',
  'pays by the month',
  'asked for a quote',
];

/**
 * The text of a CSV file of invented people in pieces of many whole records: the columns of `datasets/people.yaml`,
 * each key once, no bad rows, about 97 bytes a row without the extras. The same options give the same text.
 */
export function* peopleText(options: PeopleOptions): Generator<string> {
  const { rows, seed, quotes, newlines, unicode } = { ...defaults, ...options };
  const random = seededRandom(seed);
  yield* rowsText(peopleHeader, rows, (row) => {
    const chance = random();
    const mix = Math.floor(random() * 2 ** 32);
    const name =
      random() < unicode ? unicodeNames[mix % 7]! : `${given[mix % 10]!} ${family[(mix >>> 8) % 10]!}`;
    const remark = remarks[(mix >>> 4) % 5]!;
    let note = remark;
    if (chance < newlines) note = `"${remark},\nthen ""came back"""`;
    else if (chance < newlines + quotes) note = `"${remark}, said ""yes"""`;
    const day = (mix >>> 12) % 28;
    return `p${padded(row, 9)},${name},user${mix % 1_000_000}@mail${mix % 97}.example.org,${18 + (mix % 70)},1.${45 + (mix % 54)},${(mix & 1) === 0},20${10 + (mix % 16)}-0${1 + (mix % 9)}-${padded(day + 1, 2)},${note}\n`;
  });
}

/** Writes `peopleText` to a file, in memory that does not grow with it. Returns the file's size in bytes. */
export async function generatePeople(path: string, options: PeopleOptions): Promise<number> {
  return writePieces(path, peopleText(options));
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
