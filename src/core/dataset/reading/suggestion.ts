import type * as z from 'zod';
import { allFields, fieldsOf, kindsOf, schemaAt, wordsOf } from './schema-place.ts';

/** What other tools call our fields, by the name without case, `_` and `-`: the words of pandas, DuckDB, Snowflake, COPY, Glue and AWS. */
const FIELDS_ELSEWHERE: Readonly<Record<string, string>> = {
  sep: 'format.delimiter',
  separator: 'format.delimiter',
  delim: 'format.delimiter',
  fielddelimiter: 'format.delimiter',
  fieldterminator: 'format.delimiter',
  quotechar: 'format.quote',
  quotecharacter: 'format.quote',
  fieldoptionallyenclosedby: 'format.quote',
  escapechar: 'format.escape',
  escapecharacter: 'format.escape',
  trimspace: 'format.trim',
  skipinitialspace: 'format.trim',
  dtype: 'columns',
  dtypes: 'columns',
  fields: 'columns',
  schema: 'columns',
  types: 'columns',
  primarykey: 'table.partition_key',
  hashkey: 'table.partition_key',
  partition: 'table.partition_key',
  pk: 'table.partition_key',
  key: 'table.partition_key',
  rangekey: 'table.sort_key',
  sk: 'table.sort_key',
  tablename: 'table.name',
  billingmode: 'table.billing',
  capacity: 'table.write_units',
  throughput: 'table.write_units',
  wcu: 'table.write_units',
  writecapacity: 'table.write_units',
  writecapacityunits: 'table.write_units',
  rcu: 'table.read_units',
  readcapacity: 'table.read_units',
  readcapacityunits: 'table.read_units',
  ttl: 'table.ttl_attribute',
  pitr: 'table.point_in_time_recovery',
  path: 'source.prefix',
  folder: 'source.prefix',
  location: 'source.prefix',
  extension: 'source.suffix',
  maxerrors: 'load.max_rejects',
  maxerror: 'load.max_rejects',
  maxbadrecords: 'load.max_rejects',
  parallelism: 'load.max_parallel',
  concurrency: 'load.max_parallel',
};

/** Names of other tools for the values of fields. */
const WORDS_ELSEWHERE: Readonly<Record<string, string>> = {
  int: 'number',
  integer: 'number',
  bigint: 'number',
  int64: 'number',
  long: 'number',
  float: 'number',
  float64: 'number',
  double: 'number',
  decimal: 'number',
  numeric: 'number',
  n: 'number',
  str: 'string',
  text: 'string',
  varchar: 'string',
  char: 'string',
  object: 'string',
  s: 'string',
  bool: 'boolean',
  logical: 'boolean',
  payperrequest: 'on_demand',
  ondemand: 'on_demand',
  serverless: 'on_demand',
};

/** How other tools write a yes or a no. */
const FLAGS_ELSEWHERE: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  y: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  n: false,
  off: false,
  '0': false,
};

/** How other tools write a delimiter. */
const CHARACTERS_ELSEWHERE: Readonly<Record<string, string>> = {
  '\\t': '\t',
  tab: '\t',
  comma: ',',
  semicolon: ';',
  pipe: '|',
  '||': '|',
  ';;': ';',
  ',,': ',',
  '""': '"',
  '\\"': '"',
  '\\\\': '\\',
};

/**
 * The field that somebody probably meant who wrote `name` in the map at `path`: by its own name if it belongs there, by its
 * path from the document's top if it belongs elsewhere; null if nothing comes near.
 */
export function suggestField(root: z.ZodType, path: readonly string[], name: string): string | null {
  const place = schemaAt(root, path);
  const here = place === null ? [] : fieldsOf(place);
  const others = allFields(root).map((field) => field.join('.'));
  const sameHere = here.find((field) => plain(field) === plain(name));
  if (sameHere !== undefined) return sameHere;
  const known = FIELDS_ELSEWHERE[plain(name)];
  if (known !== undefined && others.includes(known)) return relativeTo(path, known);
  const sameElsewhere = others.find((field) => plain(lastOf(field)) === plain(name));
  if (sameElsewhere !== undefined) return sameElsewhere;
  return (
    nearest(name, here, (field) => field) ??
    // Top-level maps are too many to be meant by chance; a field of one of them may have slipped out of it.
    nearest(
      name,
      others.filter((field) => field.includes('.')),
      lastOf,
    )
  );
}

/** The value of this schema that is nearest to `text`, as it must be written; null if no value is near. */
export function suggestValue(schema: z.ZodType, text: string): string | null {
  const words = wordsOf(schema);
  if (words.length > 0) {
    const word = suggestWord(text, words);
    return word === null ? null : `'${word}'`;
  }
  const kinds = kindsOf(schema);
  if (kinds.has('boolean')) {
    const flag = FLAGS_ELSEWHERE[text.trim().toLowerCase()];
    return flag === undefined ? null : `${flag}, without quotes`;
  }
  if (kinds.has('number')) {
    const digits = text.replaceAll(/[_, ]/g, '');
    return /^\d+(\.\d+)?$/.test(digits) ? `${digits}, without quotes` : null;
  }
  const character = CHARACTERS_ELSEWHERE[text.trim().toLowerCase()];
  return schema.safeParse(character).success && character !== undefined ? characterText(character) : null;
}

function suggestWord(word: string, allowed: readonly string[]): string | null {
  const same = allowed.find((each) => plain(each) === plain(word));
  if (same !== undefined) return same;
  const known = WORDS_ELSEWHERE[plain(word)];
  if (known !== undefined && allowed.includes(known)) return known;
  return nearest(word, allowed, (each) => each);
}

/** With the quotes that YAML needs. */
function characterText(character: string): string {
  return character === '\t' ? String.raw`"\t", in double quotes` : `"${character}"`;
}

function relativeTo(path: readonly string[], field: string): string {
  const above = path.length === 0 ? '' : `${path.join('.')}.`;
  return field.startsWith(above) ? field.slice(above.length) : field;
}

/** The candidate whose text differs least from the name, case and `_-` aside; null if none comes near. */
export function nearest(
  name: string,
  candidates: readonly string[],
  textOf: (candidate: string) => string,
): string | null {
  const most = Math.max(1, Math.floor(name.length / 3));
  let best: string | null = null;
  let bestDistance = most + 1;
  for (const candidate of candidates) {
    const distance = editDistance(plain(name), plain(textOf(candidate)), bestDistance);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_\- ]/g, '');
}

function lastOf(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1);
}

/** Letters to insert, delete, replace or swap with their neighbour ('optimal string alignment'); `most` if it is as much or more. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let least = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, beforeLast[j - 2]! + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(most, last[b.length]!);
}
