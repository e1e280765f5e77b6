/** What the dates of a column have in common, if they are not ISO's. The order of the values makes no difference. */
export type DateFacts = {
  count: number;
  /** Of all values: separators, parts and names of months. null: values differ in it, or there is none. */
  shape: string | null;
  hasShapes: boolean;
  /** Orders in which every value is a day that exists. */
  orders: number;
  /** Digits: every day and month, and every hour, has two. */
  isPadded: boolean;
  isHourPadded: boolean;
  least: string | null;
  greatest: string | null;
};

const YMD = 1;
const DMY = 2;
const MDY = 4;
const PARTS =
  /^(\d{1,4}|[A-Za-z]{3,9})([-/. ]|, )(\d{1,2}|[A-Za-z]{3,9})([-/. ]|, )(\d{4}|\d{1,2})(?:([T ]|, )(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:([.])(\d{1,9}))?)?( ?[AaPp][Mm])?(Z| UTC|[+-]\d\d:\d\d| [+-]\d{4}|[+-]\d{4})?)?$/;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const LONG = 'january february march april may june july august september october november december'.split(
  ' ',
);

export function createDateFacts(): DateFacts {
  return {
    count: 0,
    shape: null,
    hasShapes: false,
    orders: YMD | DMY | MDY,
    isPadded: true,
    isHourPadded: true,
    least: null,
    greatest: null,
  };
}

/** False: the text is no date that is known here. */
export function addDate(facts: DateFacts, text: string): boolean {
  const found = PARTS.exec(text);
  if (found === null) return false;
  const [, a, s1, b, s2, c, between = '', hour, , second, point, fraction = '', half, zone] = found;
  const names = [a!, b!].map(monthOf);
  let orders = 0;
  if (a!.length !== 4 && c!.length === 1) return false;
  if (names[0] !== 0 && names[1] === 0) orders = isDay(c!, names[0]!, b!) ? MDY : 0;
  else if (names[1] !== 0 && names[0] === 0) orders = isDay(c!, names[1]!, a!) ? DMY : 0;
  else if (names[0] === 0) {
    if (a!.length === 4) orders = c!.length <= 2 && isDay(a!, Number(b), c!) ? YMD : 0;
    else if (a!.length <= 2) {
      if (isDay(c!, Number(b), a!)) orders |= DMY;
      if (isDay(c!, Number(a), b!)) orders |= MDY;
    }
  }
  if (orders === 0) return false;
  facts.count++;
  const shape = [
    s1,
    s2,
    a!.length === 4 && names[0] === 0 ? 4 : c!.length,
    nameForm(a!, b!),
    between,
    hour === undefined ? '' : 'H',
    second === undefined ? '' : 's',
    point === undefined ? '' : fraction.length,
    half?.length ?? '',
    zoneForm(zone),
  ].join('\0');
  if (facts.shape !== null && facts.shape !== shape) facts.hasShapes = true;
  else facts.shape = shape;
  facts.orders &= orders;
  if ([a!, b!, c!].some((part) => part.length === 1 && /\d/.test(part))) facts.isPadded = false;
  if (hour?.length === 1) facts.isHourPadded = false;
  if (facts.least === null || text < facts.least) facts.least = text;
  if (facts.greatest === null || text > facts.greatest) facts.greatest = text;
  return true;
}

/** Formats of the values in the letters of Unicode TR 35: one, or two if day and month cannot be told apart; none if values differ. */
export function dateFormats(
  facts: DateFacts,
): readonly { readonly format: string; readonly isTime: boolean; readonly hasZone: boolean }[] {
  if (facts.shape === null || facts.hasShapes) return [];
  const [s1, s2, digits, name, between, hour, second, fraction, half, zone] = facts.shape.split('\0');
  const day = facts.isPadded ? 'dd' : 'd';
  const month = name === '' ? (facts.isPadded ? 'MM' : 'M') : name!;
  const year = digits === '4' ? 'yyyy' : 'yy';
  const letters = half === '' ? (facts.isHourPadded ? 'HH' : 'H') : facts.isHourPadded ? 'hh' : 'h';
  const clock =
    hour === ''
      ? ''
      : `${between === 'T' ? "'T'" : between}${letters}:mm${second === '' ? '' : ':ss'}${
          fraction === '' ? '' : `.${'S'.repeat(Number(fraction))}`
        }${half === '' ? '' : half === '3' ? ' a' : 'a'}${zone}`;
  const orders = [
    [YMD, `${year}${s1}${month}${s2}${day}`],
    [DMY, `${day}${s1}${month}${s2}${year}`],
    [MDY, `${month}${s1}${day}${s2}${year}`],
  ] as const;
  return orders
    .filter(([order]) => (facts.orders & order) !== 0)
    .map(([, format]) => ({ format: format + clock, isTime: hour !== '', hasZone: zone !== '' }));
}

function monthOf(part: string): number {
  const name = part.toLowerCase();
  return (name.length === 3 ? MONTHS.indexOf(name) : LONG.indexOf(name)) + 1;
}

function nameForm(a: string, b: string): string {
  const name = /[A-Za-z]/.test(a) ? a : b;
  if (/\d/.test(name)) return '';
  return name.length === 3 ? 'MMM' : 'MMMM';
}

function zoneForm(zone = ''): string {
  if (zone === ' UTC') return " 'UTC'";
  if (zone === '' || zone === 'Z') return zone === '' ? '' : 'XXX';
  const space = zone.startsWith(' ') ? ' ' : '';
  return `${space}${zone.includes(':') ? 'XXX' : 'XX'}`;
}

function isDay(year: string, month: number, day: string): boolean {
  const y = Number(year.length === 2 ? `20${year}` : year);
  const d = Number(day);
  if (!/^\d+$/.test(day) || month < 1 || month > 12 || d < 1) return false;
  return d <= new Date(Date.UTC(y, month, 0)).getUTCDate();
}
