import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalNumber } from '../../src/core/types/numbers/canonical-number.ts';
import { checkNumber } from '../../src/core/types/numbers/number-text.ts';
import type { Operation, TableWriter } from '../../src/core/ports.ts';
import { PLAIN_PUT } from '../../src/core/write-plan.ts';

/** An item as DynamoDB JSON has it. */
export type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A table with the keys `id` (string) and `n` (number), and a port for one that isn't there. */
export type OpenedTable = {
  readonly table: TableWriter;
  readonly missing: TableWriter;
  /** The items with this `id`, in the order of `n`. */
  read(id: string): Promise<readonly Item[]>;
  close(): Promise<void>;
};

/** Where an engine is known to differ from DynamoDB. */
export type Deviations = {
  /** Takes more than 25 items a batch. */
  readonly takesLargeBatches?: boolean;
  /** Takes numbers that DynamoDB refuses, and takes `7` and `7.0` for two keys. */
  readonly lenientNumbers?: boolean;
  /** Reports other write units than DynamoDB. */
  readonly wrongUnits?: boolean;
  /** Checks an item only when it comes to it, and has written those before; breaks down at types it doesn't know. */
  readonly checksLate?: boolean;
};

const encoder = new TextEncoder();
const TEN_THOUSAND = 'x'.repeat(10_000);

/** The Table port's contract, for any that `open` gives. */
export function describeTable(
  name: string,
  open: () => Promise<OpenedTable>,
  deviations: Deviations = {},
): void {
  describe(`the table in ${name}`, () => {
    let opened: OpenedTable;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    test('writes one item', async () => {
      const id = randomUUID();
      const outcome = await write([item(id, '1', { text: { S: 'one' } })]);
      expect(outcome).toMatchObject({ held: [], reason: null });
      expect(await opened.read(id)).toEqual([item(id, '1', { text: { S: 'one' } })]);
    });

    test('writes 25 items at once', async () => {
      const id = randomUUID();
      const items = Array.from({ length: 25 }, (_, n) =>
        item(id, String(n), { big: { S: 'y'.repeat(1200) } }),
      );
      const outcome = await write(items);
      expect(outcome).toMatchObject({ held: [], reason: null });
      expect(await opened.read(id)).toEqual(items);
    });

    unless(deviations.wrongUnits, () =>
      test('reports the write units that DynamoDB took', async () => {
        const id = randomUUID();
        const small = item(id, '1');
        const large = item(id, '2', { big: { S: 'y'.repeat(1200) } });
        expect(await write([small])).toHaveProperty('units', 1);
        expect(await write([small, large])).toHaveProperty('units', 3);
      }),
    );

    test('replaces the whole of an item with the same key', async () => {
      const id = randomUUID();
      await write([item(id, '1', { a: { S: 'old' }, b: { S: 'old' } })]);
      await write([item(id, '1', { b: { S: 'new' } })]);
      expect(await opened.read(id)).toEqual([item(id, '1', { b: { S: 'new' } })]);
    });

    test.each([
      ['an empty string', ''],
      ['quotes, backslashes and control characters', '"\\\\"\u0001\t\r\n\u007f\u2028'],
      ['characters of two, three and four bytes', 'é Ж 漢字 😀 \u{10ffff}'],
      ['what looks like markup of ours', '{"PutRequest":{"Item":{}}},'],
    ])('keeps %s as it is', async (_, text) => {
      const id = randomUUID();
      await write([item(id, '1', { text: { S: text }, [`name of ${text}`]: { S: '' } })]);
      expect(await opened.read(id)).toEqual([
        item(id, '1', { text: { S: text }, [`name of ${text}`]: { S: '' } }),
      ]);
    });

    test('keeps booleans and numbers of 38 digits', async () => {
      const id = randomUUID();
      const attributes = {
        yes: { BOOL: true },
        no: { BOOL: false },
        long: { N: '12345678901234567890123456789012345678' },
        small: { N: '-0.00012345678901234567890123456789012345678' },
      };
      await write([item(id, '1', attributes)]);
      expect(await opened.read(id)).toEqual([item(id, '1', attributes)]);
    });

    unless(deviations.lenientNumbers, () =>
      test('takes exactly the numbers that we take, and keeps their value', async () => {
        const digits = fc.string({ unit: fc.constantFrom('0', '1', '9', '5'), maxLength: 42 });
        const exponent = fc.constantFrom(
          '',
          'e',
          'e5',
          'E-7',
          'e+124',
          'e125',
          'e-130',
          'e-131',
          'e126',
          'e87',
          'x',
        );
        const text = fc
          .tuple(fc.constantFrom('', '-', ' '), digits, fc.constantFrom('', '.', '.0'), digits, exponent)
          .map((parts) => parts.join(''));
        await fc.assert(
          fc.asyncProperty(text, async (text) => {
            const id = randomUUID();
            const outcome = await write([item(id, '1', { value: { N: text } })]);
            const bytes = encoder.encode(text);
            const verdict = checkNumber(bytes, 0, bytes.length);
            expect(outcome.refused === undefined).toBe(verdict === 'ok');
            if (verdict !== 'ok') return;
            const kept = (await opened.read(id))[0]?.['value']?.['N'] as string;
            expect(canonicalNumber(kept)).toBe(canonicalNumber(text));
          }),
          { numRuns: 150 },
        );
      }),
    );

    test('refuses a batch with one key twice, and writes nothing of it', () => refusesTwice(['7', '7']));

    unless(deviations.lenientNumbers, () =>
      test('refuses one key twice also where its number is written differently', () =>
        refusesTwice(['7', '7.0'])),
    );

    unless(deviations.takesLargeBatches, () =>
      test('refuses 26 items, and writes none of them', async () => {
        const id = randomUUID();
        const outcome = await write(Array.from({ length: 26 }, (_, n) => item(id, String(n))));
        expect(outcome.refused).toHaveLength(1);
        expect(await opened.read(id)).toEqual([]);
      }),
    );

    unless(deviations.checksLate, () =>
      test.each([
        ['is over 400 KB', { text: { S: 'z'.repeat(400 * 1024) } }],
        ['has an attribute of no type', { text: { X: '1' } }],
      ])(
        'refuses a batch with an item that %s, with a reason, and writes nothing of it',
        async (_, attributes) => {
          const id = randomUUID();
          const outcome = await write([item(id, '1'), { ...item(id, '2'), ...attributes }]);
          expect(outcome.refused).toEqual([{ indexes: [0, 1], reason: expect.stringMatching(/\w+ \w+/) }]);
          expect(await opened.read(id)).toEqual([]);
        },
      ),
    );

    test('refuses an item over 400 KB, and one whose partition key is empty', async () => {
      const id = randomUUID();
      expect((await write([item(id, '1', { text: { S: 'z'.repeat(400 * 1024) } })])).refused).toHaveLength(1);
      expect((await write([item('', '1')])).refused).toHaveLength(1);
    });

    test.each<[string, (id: string) => Item]>([
      ['without the sort key', (id) => ({ id: { S: id } })],
      ['whose sort key is of another type', (id) => ({ id: { S: id }, n: { S: '1' } })],
    ])("says that the table's key is another where it gets items %s", async (_, wrong) => {
      const id = randomUUID();
      await expect(write([wrong(id)])).rejects.toMatchObject({ code: 'table-key-mismatch' });
      await expect(write([wrong(id), wrong(randomUUID())])).rejects.toMatchObject({
        code: 'table-key-mismatch',
        message: expect.stringContaining('table.partition_key'),
      });
      expect(await opened.read(id)).toEqual([]);
    });

    test('takes batches of several megabytes', async () => {
      const id = randomUUID();
      const large = Object.fromEntries(
        Array.from({ length: 20 }, (_, index) => [`part${index}`, { S: TEN_THOUSAND }]),
      );
      const items = Array.from({ length: 10 }, (_, n) => item(id, String(n), large));
      expect(await write(items)).toMatchObject({ held: [] });
      expect(await opened.read(id)).toEqual(items);
    });

    test('writes many batches at once', async () => {
      const ids = Array.from({ length: 40 }, () => randomUUID());
      await Promise.all(ids.map((id) => write([item(id, '1'), item(id, '2')])));
      const found = await Promise.all(ids.map((id) => opened.read(id)));
      expect(found).toEqual(ids.map((id) => [item(id, '1'), item(id, '2')]));
    });

    test('says so where there is no such table', async () => {
      await expect(opened.missing.write(texts([item('a', '1')]))).rejects.toMatchObject({
        code: 'table-missing',
        message: expect.stringContaining('terraform apply'),
      });
    });

    async function refusesTwice(numbers: readonly string[]) {
      const id = randomUUID();
      const outcome = await write([item(id, '1'), ...numbers.map((n) => item(id, n))]);
      expect(outcome.refused).toEqual([{ indexes: [0, 1, 2], reason: expect.stringMatching(/duplicate/i) }]);
      expect(await opened.read(id)).toEqual([]);
    }

    function write(items: readonly Item[]) {
      const buffer = texts(items);
      const outcome = opened.table.write(buffer);
      // The texts hold during the call only.
      for (const { bytes } of buffer) bytes.fill(0);
      return outcome;
    }
  });
}

/** What an engine is known not to do is not asked of it. */
function unless(deviates: boolean | undefined, register: () => void): void {
  if (deviates !== true) register();
}

function item(id: string, n: string, attributes: Item = {}): Item {
  return { id: { S: id }, n: { N: n }, ...attributes };
}

/** As the mapping leaves them: in the midst of other bytes. */
export function texts(items: readonly Item[]): Operation[] {
  const parts = items.map((item) => encoder.encode(JSON.stringify(item)));
  const bytes = encoder.encode(`,${parts.map((part) => new TextDecoder().decode(part)).join(',')},`);
  let at = 1;
  return parts.map((part) => {
    const start = at;
    at += part.length + 1;
    return { ...PLAIN_PUT, bytes, start, keyEnd: start, end: start + part.length };
  });
}
