import type { Format } from '../format.ts';

/**
 * A column's name as items have it: composed (NFC), trimmed, with single spaces. Two names that look alike are the same. A tab inside
 * stays: it shows that the file has another delimiter.
 */
export function cleanName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[^\S\t]+/gu, ' ')
    .trim();
}

/** Two names mean the same column if their keys are equal. */
export function nameKey(name: string, match: Format['match_names']): string {
  const clean = cleanName(name);
  return match === 'ignore_case' ? clean.toLowerCase() : clean;
}
