import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { generatePeople, type PeopleOptions, peopleHeader, peopleText } from '../../bench/people.ts';

function textOf(options: PeopleOptions): string {
  return [...peopleText(options)].join('');
}

function recordsOf(options: PeopleOptions): string[][] {
  return parse(textOf(options));
}

describe('the generated people', () => {
  it('are as many as asked for, each with a key of its own and every column', () => {
    const [header, ...records] = recordsOf({ rows: 5_001, quotes: 0.2, newlines: 0.1, unicode: 0.3 });
    expect(`${header!.join(',')}\n`).toBe(peopleHeader);
    expect(records).toHaveLength(5_001);
    expect(new Set(records.map(([id]) => id)).size).toBe(5_001);
    for (const [, , , age, height, active, joined] of records) {
      expect(age).toMatch(/^\d\d$/);
      expect(height).toMatch(/^1\.\d\d$/);
      expect(active).toMatch(/^(true|false)$/);
      expect(joined).toMatch(/^20\d\d-0\d-[0-2]\d$/);
    }
  });

  it('are none where none are asked for', () => {
    expect(textOf({ rows: 0 })).toBe(peopleHeader);
  });

  it('are the same for the same seed, and others for another', () => {
    expect(textOf({ rows: 300, seed: 7, quotes: 0.5 })).toBe(textOf({ rows: 300, seed: 7, quotes: 0.5 }));
    expect(textOf({ rows: 300, seed: 7 })).not.toBe(textOf({ rows: 300, seed: 8 }));
  });

  it('take about 97 bytes a row', () => {
    const bytesARow = (textOf({ rows: 10_000 }).length - peopleHeader.length) / 10_000;
    expect(bytesARow).toBeGreaterThan(95);
    expect(bytesARow).toBeLessThan(99);
  });

  it('are plain ASCII without quotes unless asked for otherwise', () => {
    expect(textOf({ rows: 1_000 })).toMatch(/^[\n\x20-\x7e]*$/);
    expect(textOf({ rows: 1_000 })).not.toContain('"');
  });

  it('have the shares of quotes, newlines and unicode that were asked for', () => {
    const [, ...records] = recordsOf({ rows: 10_000, quotes: 0.2, newlines: 0.1, unicode: 0.3 });
    const share = (test: (cells: string[]) => boolean) => records.filter(test).length / 10_000;
    expect(share(([, , , , , , , note]) => note!.includes('\n'))).toBeCloseTo(0.1, 1);
    expect(share(([, , , , , , , note]) => /^[^\n]*"/.test(note!))).toBeCloseTo(0.2, 1);
    expect(share(([, name]) => /[^\x20-\x7e]/.test(name!))).toBeCloseTo(0.3, 1);
  });

  it('can be written to a file', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sluice-people-'));
    const path = join(dir, 'people.csv');
    const options = { rows: 20_000, unicode: 0.5, newlines: 0.5 };
    const bytes = await generatePeople(path, options);
    expect((await stat(path)).size).toBe(bytes);
    expect(await readFile(path, 'utf8')).toBe(textOf(options));
    await rm(dir, { recursive: true });
  });
});
