import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WriteOutcome } from '../../src/core/ports.ts';
import type { WriteKind, WritePlan } from '../../src/core/write-plan.ts';
import { operationOf } from '../../sim/operation.ts';
import { carriedOut, modelOperation, sameItems } from '../../sim/write-model.ts';
import type { Attributes } from '../../sim/item.ts';
import type { Item, OpenedTable } from './table-suite.ts';

/** Where an engine is known to differ from DynamoDB. */
export type ModeDeviations = {
  /** Reports other write units than DynamoDB. */
  readonly wrongUnits?: boolean;
  /** Compares values of two types, and does not check the size of an updated item. */
  readonly lenientUpdates?: boolean;
  /** Breaks down at an update of a key alone, and at long expressions. */
  readonly breaksAtUpdates?: boolean;
};

/** null for a test that an engine with this deviation does not have. */
function testUnless(deviates: boolean): typeof test | null {
  return deviates ? null : test;
}

const KEY = ['id', 'n'];
const done = { held: [], reason: null };

/** The Table port's contract for all that is no plain put. */
export function describeTableModes(
  name: string,
  open: () => Promise<OpenedTable>,
  deviations: ModeDeviations = {},
): void {
  describe(`the write modes of the table in ${name}`, () => {
    let opened: OpenedTable;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    test('insert writes an item where none is, and keeps the one that is', async () => {
      const id = randomUUID();
      expect(await write(insert(id, { a: { S: 'first' } }))).toMatchObject(done);
      const again = await write(insert(id, { a: { S: 'second' } }));
      expect(again).toMatchObject({ ...done, kept: [{ index: 0, isEqual: false }] });
      expect(again.units).toBeGreaterThan(0);
      expect(await opened.read(id)).toEqual([item(id, { a: { S: 'first' } })]);
    });

    test('insert says that the stored item is equal: numbers by value, sets in any order', async () => {
      const id = randomUUID();
      const nested = { M: { l: { L: [{ N: '1.50' }, { NULL: true }] }, ss: { SS: ['b', 'a'] } } };
      await write(insert(id, { v: { N: '10' }, nested, set: { NS: ['2', '1'] } }));
      const same = { M: { ss: { SS: ['a', 'b'] }, l: { L: [{ N: '1.5' }, { NULL: true }] } } };
      const equal = await write(insert(id, { set: { NS: ['1', '2.0'] }, nested: same, v: { N: '1E1' } }));
      expect(equal.kept).toEqual([{ index: 0, isEqual: true }]);
      const other = await write(insert(id, { set: { NS: ['1', '3'] }, nested: same, v: { N: '10' } }));
      expect(other.kept).toEqual([{ index: 0, isEqual: false }]);
    });

    test.each(['put', 'merge'] as const)('%s with newer_by replaces what is older or equal', async (kind) => {
      const id = randomUUID();
      const plan: WritePlan = { kind, newerBy: 'v' };
      await write(operation(id, { a: { S: 'no version' } }, { kind: 'put', newerBy: null }));
      for (const v of ['2', '2', '10']) {
        expect(await write(operation(id, { v: { N: v }, a: { S: v } }, plan))).toMatchObject(done);
      }
      const kept = await write(operation(id, { v: { N: '9' }, a: { S: 'old' } }, plan));
      expect(kept).toMatchObject({ ...done, kept: [{ index: 0 }] });
      expect(await opened.read(id)).toEqual([item(id, { v: { N: '10' }, a: { S: '10' } })]);
    });

    testUnless(deviations.lenientUpdates === true)?.each(['put', 'merge', 'delete'] as const)(
      '%s with newer_by refuses to compare values of two types',
      async (kind) => {
        const id = randomUUID();
        await write(operation(id, { v: { S: 'text' } }));
        const outcome = await write(operation(id, { v: { N: '1' } }, { kind, newerBy: 'v' }));
        expect(outcome.refused).toEqual([{ indexes: [0], reason: expect.stringMatching(/'v'.* S.* N/) }]);
        expect(await opened.read(id)).toEqual([item(id, { v: { S: 'text' } })]);
      },
    );

    test('merge creates an item, sets attributes, and leaves the others', async () => {
      const id = randomUUID();
      await write(merge(id, { a: { S: '1' }, 'odd "name".x': { BOOL: true } }));
      await write(merge(id, { b: { L: [{ S: ',"}]{[' }] }, a: { S: '2' } }));
      expect(await opened.read(id)).toEqual([
        item(id, { a: { S: '2' }, b: { L: [{ S: ',"}]{[' }] }, 'odd "name".x': { BOOL: true } }),
      ]);
    });

    testUnless(deviations.breaksAtUpdates === true)?.('merge of a key alone creates the item', async () => {
      const id = randomUUID();
      expect(await write(merge(id, {}))).toMatchObject(done);
      expect(await opened.read(id)).toEqual([item(id, {})]);
    });

    test('merge removes attributes, and sets others only where they are absent', async () => {
      const id = randomUUID();
      await write(operation(id, { a: { S: 'old' }, b: { S: 'old' } }));
      const rules = { remove: ['a', 'missing'], absent: ['b', 'c'] };
      await write(merge(id, { b: { S: 'new' }, c: { S: 'new' } }, rules));
      expect(await opened.read(id)).toEqual([item(id, { b: { S: 'old' }, c: { S: 'new' } })]);
    });

    testUnless(deviations.breaksAtUpdates === true)?.(
      'merge takes as many attributes as an expression of 4 KB has room for, and refuses more',
      async () => {
        const id = randomUUID();
        const attributes = (count: number): Item =>
          Object.fromEntries(Array.from({ length: count }, (_, n) => [`attribute${n}`, { N: String(n) }]));
        expect(await write(merge(id, attributes(450)))).toMatchObject(done);
        expect(Object.keys((await opened.read(id))[0]!)).toHaveLength(452);
        const { refused } = await write(merge(randomUUID(), attributes(600)));
        expect(refused).toEqual([{ indexes: [0], reason: expect.stringMatching(/600 attributes.*4096/) }]);
      },
    );

    test('delete removes an item, and one that is not there', async () => {
      const id = randomUUID();
      await write(operation(id, {}));
      for (let time = 0; time < 2; time++) expect(await write(remove(id))).toMatchObject(done);
      expect(await opened.read(id)).toEqual([]);
    });

    test('delete with newer_by keeps what is newer', async () => {
      const id = randomUUID();
      const removeAt = (v: string) => operation(id, { v: { N: v } }, { kind: 'delete', newerBy: 'v' });
      await write(operation(id, { v: { N: '5' } }));
      expect(await write(removeAt('4'))).toMatchObject({ ...done, kept: [{ index: 0 }] });
      expect(await write(removeAt('5'))).toMatchObject(done);
      expect(await opened.read(id)).toEqual([]);
      expect(await write(removeAt('1'))).toMatchObject(done);
    });

    testUnless(deviations.lenientUpdates === true)?.(
      'a write of all kinds says of each operation what became of it',
      async () => {
        const id = randomUUID();
        const large = { text: { S: 'z'.repeat(399 * 1024) } };
        await write(operation(id, { a: { S: 'there' } }, undefined, '1'));
        await write(operation(id, large, undefined, '4'));
        const outcome = await write(
          operation(id, { b: { S: 'put' } }, undefined, '0'),
          insert(id, { b: { S: 'insert' } }, '1'),
          merge(id, { b: { S: 'merge' } }, undefined, '2'),
          remove(id, '3'),
          merge(id, { more: { S: 'z'.repeat(2000) } }, undefined, '4'),
        );
        expect(outcome).toMatchObject({
          ...done,
          kept: [{ index: 1, isEqual: false }],
          refused: [{ indexes: [4], reason: expect.stringMatching(/size/i) }],
        });
        expect((await opened.read(id)).map(({ n, b }) => [n!['N'], b?.['S']])).toEqual([
          ['0', 'put'],
          ['1', undefined],
          ['2', 'merge'],
          ['4', undefined],
        ]);
      },
    );

    testUnless(deviations.wrongUnits === true)?.('reports the write units that DynamoDB took', async () => {
      const id = randomUUID();
      const big = { big: { S: 'y'.repeat(2500) } };
      expect(await write(insert(id, big))).toHaveProperty('units', 3);
      expect(await write(merge(id, { a: { S: '1' } }))).toHaveProperty('units', 3);
      expect(await write(operation(id, { v: { N: '1' } }, { kind: 'delete', newerBy: 'v' }))).toHaveProperty(
        'units',
        3,
      );
    });

    test.each<WriteKind>(['insert', 'merge'])('says that the table has another key (%s)', async (kind) => {
      const wrong = operationOf({ id: { S: 'x' }, n: { S: '1' }, a: { S: '1' } }, 2, { kind, newerBy: null });
      await expect(opened.table.write([wrong])).rejects.toMatchObject({ code: 'table-key-mismatch' });
    });

    test('operations in any order leave what the model says', async () => {
      const value = fc.constantFrom('1', '2', '3');
      const attributes = fc.record({ a: value, b: value, c: value }, { requiredKeys: [] });
      const step = fc.record({
        n: fc.constantFrom('1', '2'),
        plan: fc.constantFrom<WritePlan>(
          { kind: 'put', newerBy: null },
          { kind: 'insert', newerBy: null },
          { kind: 'merge', newerBy: null },
          { kind: 'delete', newerBy: null },
          { kind: 'put', newerBy: 'v' },
          { kind: 'merge', newerBy: 'v' },
          { kind: 'delete', newerBy: 'v' },
        ),
        v: fc.constantFrom('1', '2', '3'),
        attributes,
        remove: fc.subarray(['a']),
        absent: fc.subarray(['b', 'c']),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const id = randomUUID();
          const model = new Map<string, Attributes>();
          for (const { n, plan, v, attributes: given, remove: removed, absent } of steps) {
            const isDelete = plan.kind === 'delete';
            const texts = Object.entries(isDelete ? {} : given).filter(([name]) => !removed.includes(name));
            const members: Item = {
              ...(plan.newerBy === null ? {} : { v: { N: v } }),
              ...Object.fromEntries(texts.map(([name, text]) => [name, { S: text }])),
            };
            const rules = plan.kind === 'merge' ? { remove: removed, absent } : undefined;
            const sent = operation(id, members, plan, n, rules);
            const expected = carriedOut(modelOperation(sent), model.get(n) ?? null, KEY);
            const outcome = await write(sent);
            expect(outcome.kept?.length ?? 0).toBe(expected.kind === 'kept' ? 1 : 0);
            if (expected.kind !== 'written') continue;
            if (expected.item === null) model.delete(n);
            else model.set(n, expected.item);
          }
          const stored = await opened.read(id);
          const wanted = [...model].sort(([a], [b]) => Number(a) - Number(b)).map(([, each]) => each);
          expect(stored.length).toBe(wanted.length);
          for (const [index, each] of stored.entries()) expect(sameItems(each, wanted[index]!)).toBe(true);
        }),
        { numRuns: 40 },
      );
    });

    function write(...operations: ReturnType<typeof operation>[]): Promise<WriteOutcome> {
      const outcome = opened.table.write(operations);
      // The texts hold during the call only.
      for (const { bytes } of operations) bytes.fill(0);
      return outcome;
    }
  });
}

function item(id: string, attributes: Item, n = '1'): Record<string, Record<string, unknown>> {
  return { id: { S: id }, n: { N: n }, ...attributes };
}

function operation(id: string, attributes: Item, plan?: WritePlan, n = '1', rules?: object) {
  return operationOf({ ...item(id, attributes, n), ...(rules === undefined ? {} : { '': rules }) }, 2, plan);
}

const insert = (id: string, attributes: Item, n = '1') =>
  operation(id, attributes, { kind: 'insert', newerBy: null }, n);

const merge = (id: string, attributes: Item, rules?: object, n = '1') =>
  operation(id, attributes, { kind: 'merge', newerBy: null }, n, rules);

const remove = (id: string, n = '1') => operation(id, {}, { kind: 'delete', newerBy: null }, n);
