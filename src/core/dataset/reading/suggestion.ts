import type * as z from 'zod';
import { nearest, plainName } from '../../nearest.ts';
import {
  CHARACTERS_ELSEWHERE,
  ENCODINGS_ELSEWHERE,
  FIELDS_ELSEWHERE,
  FLAGS_ELSEWHERE,
  WORDS_ELSEWHERE,
} from './elsewhere.ts';
import { allFields, fieldsOf, kindsOf, schemaAt, wordsOf } from './schema-place.ts';

/**
 * The field that somebody probably meant who wrote `name` in the map at `path`: by its own name if it belongs there, by its
 * path from the document's top if it belongs elsewhere; null if nothing comes near.
 */
export function suggestField(root: z.ZodType, path: readonly string[], name: string): string | null {
  const place = schemaAt(root, path);
  const here = place === null ? [] : fieldsOf(place);
  const others = allFields(root).map((field) => field.join('.'));
  const sameHere = here.find((field) => plainName(field) === plainName(name));
  if (sameHere !== undefined) return sameHere;
  const known = FIELDS_ELSEWHERE[plainName(name)];
  if (known !== undefined && here.includes(lastOf(known))) return lastOf(known);
  if (known !== undefined && others.includes(known)) return known;
  const sameElsewhere = others.find((field) => plainName(lastOf(field)) === plainName(name));
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
  const same = allowed.find((each) => plainName(each) === plainName(word));
  if (same !== undefined) return same;
  const known = WORDS_ELSEWHERE[plainName(word)]?.find((each) => allowed.includes(each));
  if (known !== undefined) return known;
  return nearest(word, allowed, (each) => each);
}

/** With the quotes that YAML needs. */
function characterText(character: string): string {
  return character === '\t' ? String.raw`"\t", in double quotes` : `"${character}"`;
}

function lastOf(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1);
}

/** The label of the encoding that is probably meant; null if no label is near. */
export function suggestEncoding(label: string): string | null {
  const name = label.toLowerCase().replaceAll(/[_\- ]/g, '');
  return ENCODINGS_ELSEWHERE[name] ?? nearest(label, ENCODINGS, (each) => each);
}

/** Those of Western exports; a misspelt rarer one is named without a suggestion. */
const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'iso-8859-1',
  'iso-8859-15',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
  'latin1',
  'latin2',
  'koi8-r',
  'macintosh',
];
