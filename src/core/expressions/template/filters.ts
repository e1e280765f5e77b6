import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** A filter of templates: `${name | filter:argument}`. */
type Filter = {
  /** What is wrong with the argument ('' is none), as the end of a sentence; null: nothing. */
  check(argument: string): string | null;
  /** The text that the value becomes, or why the row is rejected. */
  apply(text: string, argument: string): string | FilterRefusal;
};

export type FilterRefusal = { readonly reason: string };

const MOST_PAD = 1024;
const HASH_CHARACTERS = 64;

export const FILTERS = {
  upper: { check: noArgument, apply: (text) => text.toUpperCase() },
  lower: { check: noArgument, apply: (text) => text.toLowerCase() },
  trim: { check: noArgument, apply: (text) => text.trim() },
  /** Zeros before a number, so that texts sort like numbers. */
  pad: {
    check: (argument) => wholeNumber(argument, 1, MOST_PAD, 'a width'),
    apply: (text, argument) => {
      const width = Number(argument);
      if (text.startsWith('-'))
        return { reason: `${shown(text)} is negative, and cannot be padded so that it sorts` };
      const characters = Array.from(text).length;
      if (characters > width)
        return { reason: `${shown(text)} has more than the ${width} characters of pad` };
      return '0'.repeat(width - characters) + text;
    },
  },
  /** Applied where the value is read: only a date can be written in another format. */
  date: {
    check: (argument) => (argument === '' ? 'which needs a format: date:yyyy-MM-dd' : null),
    apply: (text) => text,
  },
  /** Applied to what is missing: see `applyFilters`. */
  default: {
    check: (argument) => (argument === '' ? 'which needs a text: default:none' : null),
    apply: (text) => text,
  },
  slice: {
    check: (argument) =>
      /^-?\d{1,6}(:-?\d{1,6})?$/.test(argument)
        ? null
        : 'which needs a start, and may have an end: slice:0:3',
    apply: (text, argument) => {
      const [start, end] = argument.split(':').map(Number);
      return Array.from(text).slice(start, end).join('');
    },
  },
  /** SHA-256 in hexadecimal digits, or the first of them. */
  hash: {
    check: (argument) => (argument === '' ? null : wholeNumber(argument, 1, HASH_CHARACTERS, 'a length')),
    apply: (text, argument) => hashOf(text).slice(0, argument === '' ? HASH_CHARACTERS : Number(argument)),
  },
  /** Percent-encoding: all but letters, digits, `-`, `_`, `.` and `~`. */
  encode: { check: noArgument, apply: encoded },
} as const satisfies Record<string, Filter>;

export type FilterName = keyof typeof FILTERS;

export function isFilterName(name: string): name is FilterName {
  return Object.hasOwn(FILTERS, name);
}

/** The text that filters make of a text; null: it is missing or empty. */
export function applyFilters(
  text: string | null,
  filters: readonly { readonly name: FilterName; readonly argument: string }[],
): string | null | FilterRefusal {
  let value = text === '' ? null : text;
  for (const { name, argument } of filters) {
    if (value === null) {
      if (name === 'default') value = argument;
      continue;
    }
    const filtered: string | FilterRefusal = FILTERS[name].apply(value, argument);
    if (typeof filtered !== 'string') return filtered;
    value = filtered === '' ? null : filtered;
  }
  return value;
}

export function hashOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** A lone surrogate, which UTF-8 cannot hold, cannot be in a cell. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function noArgument(argument: string): string | null {
  return argument === '' ? null : 'which takes no argument';
}

function wholeNumber(argument: string, least: number, most: number, what: string): string | null {
  const value = Number(argument);
  const isValid = /^\d{1,6}$/.test(argument) && value >= least && value <= most;
  return isValid ? null : `which needs ${what} from ${least} to ${most}`;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
