import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { makeSample } from '../../scripts/make-sample.ts';

const committed = readFileSync(new URL('../../samples/people.csv', import.meta.url), 'utf8');
const readme = readFileSync(new URL('../../samples/README.md', import.meta.url), 'utf8');

type Row = { line: number; cells: string[] };

/** Records with the line that each begins on. */
function rowsOf(text: string): Row[] {
  const parsed = parse(text, { relax_column_count: true, raw: true }) as unknown as {
    record: string[];
    raw: string;
  }[];
  let line = 1;
  return parsed.map(({ record, raw }) => {
    const row = { line, cells: record };
    line += raw.split('\n').length - 1;
    return row;
  });
}

/** By the rules of datasets/people.yaml, written down a second time. */
function problemOf([id, , , age, height, active]: readonly string[], fieldCount: number): string | undefined {
  if (fieldCount < 8) return 'too-few-fields';
  if (fieldCount > 8) return 'too-many-fields';
  if (id === '') return 'key-empty';
  if (!/^\d*$/.test(age!) || !/^\d\.\d\d$/.test(height!)) return 'number-invalid';
  if (active !== 'true' && active !== 'false') return 'boolean-invalid';
  return undefined;
}

describe('the sample', () => {
  const [header, ...rows] = rowsOf(committed);

  it('is what its script makes', () => {
    expect(makeSample()).toBe(committed);
  });

  it('has 1,000 records of the columns of its dataset', () => {
    expect(header?.cells).toEqual(['id', 'name', 'email', 'age', 'height_m', 'active', 'joined', 'notes']);
    expect(rows).toHaveLength(1_000);
  });

  it('has the bad rows that its README lists, on those lines, and no others', () => {
    const listed = [...readme.matchAll(/^\| (\d+) \|.*\| `([a-z-]+)` \|$/gm)].map(([, line, code]) => [
      Number(line),
      code,
    ]);
    const found = rows
      .map(({ line, cells }) => [line, problemOf(cells, cells.length)])
      .filter(([, problem]) => problem !== undefined);
    expect(found).toEqual(listed);
    expect(found).toHaveLength(5);
  });

  it('has 994 different keys in good rows, one of them twice', () => {
    const ids = rows
      .filter(({ cells }) => problemOf(cells, cells.length) === undefined)
      .map(({ cells: [id] }) => id!);
    expect(ids).toHaveLength(995);
    expect(new Set(ids).size).toBe(994);
    const repeated = rows.filter(({ cells: [id] }) => id === 'p0120').map(({ line }) => line);
    expect(repeated).toEqual([160, 849]);
    expect(readme).toContain('lines 160 and 849 have the same key, `p0120`');
  });

  it.each([
    ['a comma in quotes', ','],
    ['a doubled quote', '"'],
    ['a newline in quotes', '\n'],
    ['an emoji beyond the basic plane', '🚲'],
    ['Chinese', '王小明'],
    ['Arabic', 'مرحبا'],
    ['an accent', 'è'],
  ])('has %s', (_, text) => {
    expect(rows.some(({ cells }) => cells.some((cell) => cell.includes(text)))).toBe(true);
  });
});
