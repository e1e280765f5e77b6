import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapRow as mapOne } from './map-row.ts';

const people = {
  source: { prefix: 'people/' },
  columns: { age: { type: 'number', optional: true }, active: { type: 'boolean', optional: true } },
  table: { partition_key: 'id' },
};

/** What becomes of a row: its only item, or the reasons why it has none. */
function mapRow(document: object, header: string[], row: string | Uint8Array) {
  const { items, faults } = mapOne(document, header, row);
  return { ...items[0]!, faults };
}

const itemOf = (header: string[], row: string | Uint8Array, document: object = people) =>
  mapRow(document, header, row).item;
const faultsOf = (header: string[], row: string | Uint8Array, document: object = people) =>
  mapRow(document, header, row).faults;

describe('the mapping', () => {
  test('types declared columns, leaves the others strings, and puts the key first', () => {
    const { item, key } = mapRow(people, ['name', 'age', 'active', 'id'], 'Ann,42,TRUE,p1');
    expect(item).toEqual({ id: { S: 'p1' }, name: { S: 'Ann' }, age: { N: '42' }, active: { BOOL: true } });
    expect(key).toBe('{"id":{"S":"p1"}');
  });

  test('leaves out the attribute of an empty cell, and stores an empty string for an empty pair of quotes', () => {
    const header = ['id', 'age', 'active', 'name'];
    expect(itemOf(header, 'p1,,,')).toEqual({ id: { S: 'p1' } });
    expect(itemOf(header, 'p1,"","",""')).toEqual({ id: { S: 'p1' }, name: { S: '' } });
  });

  test.each([
    ['true', true],
    ['Yes', true],
    ['T', true],
    ['1', true],
    ['FALSE', false],
    ['no', false],
    ['n', false],
    ['0', false],
  ])('takes %s for a boolean', (text, value) => {
    expect(itemOf(['id', 'active'], `p1,${text}`)).toMatchObject({ active: { BOOL: value } });
  });

  test('keeps all 38 digits of a number', () => {
    const digits = '12345678901234567890123456789012345678';
    expect(itemOf(['id', 'age'], `p1,${digits}`)).toMatchObject({ age: { N: digits } });
  });

  test('writes a number in a key in one way, however the file writes it', () => {
    const numbered = { ...people, columns: { id: { type: 'number' } } };
    const [first, ...others] = ['12', '12.0', '+12', '012', '1.2e1'].map((id) =>
      mapRow(numbered, ['id', 'name'], `${id},x`),
    );
    for (const other of others) expect(other).toMatchObject({ key: first!.key, keyHash: first!.keyHash });
  });

  test('ignores the columns of a reject file', () => {
    const header = ['sluice_line', 'sluice_column', 'sluice_code', 'sluice_reason', 'id', 'name'];
    expect(itemOf(header, '7,age,number-invalid,why,p1,Ann')).toEqual({
      id: { S: 'p1' },
      name: { S: 'Ann' },
    });
  });

  test('keeps a column of that name in a file that is no reject file', () => {
    expect(itemOf(['id', 'sluice_line'], 'p1,7')).toEqual({ id: { S: 'p1' }, sluice_line: { S: '7' } });
  });

  test('any text comes back from the item as it was in the file', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\'), (text, escape) => {
        fc.pre(!text.includes('\0'));
        const document = { ...people, format: { escape } };
        const escaped =
          escape === '"' ? text.replaceAll('"', '""') : text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
        const mapped = mapRow(document, ['id', 'name'], `p1,"${escaped}"`);
        expect(mapped.item).toEqual({ id: { S: 'p1' }, name: { S: text } });
        expect(mapped.sizeBytes).toBe('id'.length + 'p1'.length + 'name'.length + Buffer.byteLength(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('asks for room for the longest text of every character of a record', () => {
    for (const text of ['\u0001', '\u001f', '"', '\\', '\n', 'é', '🎈']) {
      const cell = text.repeat(2000);
      expect(itemOf(['id', 'v'], `p1,"${cell.replaceAll('"', '""')}"`)).toEqual({
        id: { S: 'p1' },
        v: { S: cell },
      });
    }
  });

  test('counts a write unit for each started KB', () => {
    const units = [1, 1017, 1018, 1019, 2043].map(
      (length) => mapRow(people, ['id', 'v'], `p1,${'x'.repeat(length)}`).units,
    );
    expect(units).toEqual([1, 1, 1, 1, 2]);
    expect(mapRow(people, ['id', 'v'], `p1,${'x'.repeat(1020)}`).units).toBe(2);
  });

  test('the same key has the same hash, another one nearly always another', () => {
    const sorted = { ...people, table: { partition_key: 'id', sort_key: 'at' } };
    const hashes = (row: string) => mapRow(sorted, ['at', 'id'], row);
    expect(hashes('1,a').keyHash).toBe(hashes('"1",a').keyHash);
    expect(hashes('1,a').partitionHash).toBe(hashes('2,a').partitionHash);
    const keys = new Set(Array.from({ length: 1000 }, (_, index) => hashes(`${index},a`).keyHash));
    expect(keys.size).toBeGreaterThan(998);
  });

  const latin1 = Uint8Array.from([...Buffer.from('p1,caf'), 0xe9, ...Buffer.from(',')]);
  test.each([
    ['too few fields', 'p1,1', { code: 'too-few-fields', reason: 'the row has 2 fields, the header 3' }],
    [
      'too many fields',
      'p1,1,true,x',
      { code: 'too-many-fields', reason: 'the row has 4 fields, the header 3' },
    ],
    ['no number', 'p1,4 2,true', { code: 'number-invalid', column: 'age', reason: '"4 2" is not a number' }],
    ['a number of 39 digits', `p1,${'1'.repeat(39)},`, { code: 'number-out-of-range', column: 'age' }],
    ['a number over 9.99E+125', 'p1,1E126,', { code: 'number-out-of-range', column: 'age' }],
    ['no boolean', 'p1,1,maybe', { code: 'boolean-invalid', column: 'active' }],
    ['an empty key', ',1,true', { code: 'key-empty', column: 'id' }],
    [
      'a partition key over 2,048 bytes',
      `${'k'.repeat(2049)},1,true`,
      { code: 'key-too-large', column: 'id' },
    ],
    ['text behind a closing quote', '"p1"x,1,true', { code: 'text-after-quote', column: 'id' }],
    ['a quote that is never closed', 'p1,"1,true', { code: 'unclosed-quote', column: 'age' }],
  ])('refuses a row with %s', (_, row, expected) => {
    expect(faultsOf(['id', 'age', 'active'], row)).toMatchObject([expected]);
  });

  test.each([
    ['a NUL byte', 'p1,a\0b', { code: 'nul-byte', column: 'name' }],
    ['a byte that is not UTF-8', latin1.subarray(0, 7), { code: 'invalid-utf8', column: 'name' }],
    ['a field over 400 KB', `p1,${'x'.repeat(410_000)}`, { code: 'field-too-large', column: 'name' }],
  ])('refuses a row with %s', (_, row, expected) => {
    expect(faultsOf(['id', 'name'], row)).toMatchObject([expected]);
  });

  test('refuses a row with an escape before a character that needs none, and says how to fix it', () => {
    const document = { ...people, format: { escape: '\\' } };
    expect(faultsOf(['id', 'name'], 'p1,"a\\b"', document)).toEqual([
      {
        code: 'stray-escape',
        column: 'name',
        reason: 'in quotes, \\ must be followed by " or another \\: double it if it is part of the value',
      },
    ]);
    expect(itemOf(['id', 'name'], 'p1,"a\\\\b"', document)).toEqual({ id: { S: 'p1' }, name: { S: 'a\\b' } });
  });

  test('refuses a row with a quote inside an unquoted cell, and names the option that accepts it', () => {
    // Of three cells one is missing, and the quoted comma makes up for it.
    const row = 'p1,said "hi, there"';
    expect(faultsOf(['id', 'said', 'name'], row)).toEqual([
      {
        code: 'stray-quote',
        column: 'said',
        reason: expect.stringContaining('or set format.stray_quotes: literal'),
      },
    ]);
    const document = { ...people, format: { stray_quotes: 'literal' } };
    expect(itemOf(['id', 'size'], 'p1,5" wide', document)).toEqual({
      id: { S: 'p1' },
      size: { S: '5" wide' },
    });
  });

  test('refuses an item over 400 KB even if every field is smaller', () => {
    const row = `p1,${'x'.repeat(300_000)},${'y'.repeat(300_000)}`;
    expect(faultsOf(['id', 'a', 'b'], row)).toEqual([
      {
        code: 'item-too-large',
        column: '',
        reason: 'the item has 600006 bytes; DynamoDB takes 409600',
      },
    ]);
  });

  test('lists every cell of a row that is at fault, in the order of the file', () => {
    const row = 'Ann,old,maybe,';
    expect(faultsOf(['name', 'age', 'active', 'id'], row)).toMatchObject([
      { column: 'age', code: 'number-invalid' },
      { column: 'active', code: 'boolean-invalid' },
      { column: 'id', code: 'key-empty' },
    ]);
  });

  test('lists the cells at fault of an item that is too large as well', () => {
    const row = `p1,${'x'.repeat(300_000)},${'y'.repeat(300_000)},old`;
    expect(faultsOf(['id', 'a', 'b', 'age'], row)).toMatchObject([
      { column: 'age', code: 'number-invalid' },
      { column: '', code: 'item-too-large' },
    ]);
  });

  test.each([
    [20, false],
    [21, true],
    [500, true],
  ])('lists at most 20 of %i faults, and says if there are more', (count, hasMore) => {
    const names = Array.from({ length: count }, (_, index) => `n${index}`);
    const columns = Object.fromEntries(names.map((name) => [name, { type: 'number' }]));
    const faults = faultsOf(['id', ...names], `p1${',x'.repeat(count)}`, { ...people, columns })!;
    expect(faults.map(({ column }) => column)).toEqual(names.slice(0, 20));
    expect(faults.at(-1)!.reason.includes('further faults')).toBe(hasMore);
  });

  test('refuses a sort key over 1,024 bytes, and accepts one of 1,024', () => {
    const sorted = { ...people, table: { partition_key: 'id', sort_key: 'at' } };
    expect(faultsOf(['id', 'at'], `p1,${'k'.repeat(1025)}`, sorted)).toMatchObject([
      { code: 'key-too-large', column: 'at' },
    ]);
    expect(itemOf(['id', 'at'], `p1,${'k'.repeat(1024)}`, sorted)).toBeDefined();
  });
});
