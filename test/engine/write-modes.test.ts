import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Attributes } from '../../sim/item.ts';
import { carriedOut, type ModelOperation, sameItems } from '../../sim/write-model.ts';
import { countsBalance } from '../../src/core/imports/counts.ts';
import type { WriteKind } from '../../src/core/write-plan.ts';
import { world } from './world.ts';

type Row = {
  readonly id: string;
  readonly op: string;
  readonly v: string;
  readonly a: string;
  readonly b: string;
};
type Write = {
  readonly mode?: WriteKind;
  readonly ops?: Readonly<Record<string, WriteKind>>;
  readonly newer_by?: string;
};

const WRITES: readonly Write[] = [
  { mode: 'insert' },
  { mode: 'merge' },
  { mode: 'delete' },
  { newer_by: 'v' },
  { mode: 'merge', newer_by: 'v' },
  { ops: { I: 'insert', P: 'put', U: 'merge', D: 'delete' } },
  { ops: { I: 'put', P: 'put', U: 'merge', D: 'delete' }, newer_by: 'v' },
];

function datasetOf({ ops, ...write }: Write): object {
  return {
    source: { prefix: 'people/' },
    columns: { v: 'number', op: 'drop' },
    table: { partition_key: 'id' },
    write: { ...write, ...(ops === undefined ? {} : { op_column: 'op', ops }) },
  };
}

/** The operation of a row, by the rules of the documentation. */
function operationOf({ id, op, v, a, b }: Row, { mode, ops, newer_by }: Write): ModelOperation {
  const newerBy = newer_by ?? null;
  const kind = ops === undefined ? (mode ?? 'put') : ops[op]!;
  const attributes: Attributes = { id: { S: id } };
  if (kind !== 'delete' || newerBy !== null) attributes['v'] = { N: v };
  if (kind !== 'delete') {
    for (const [name, text] of Object.entries({ a, b })) if (text !== '') attributes[name] = { S: text };
  }
  return { kind, newerBy: kind === 'insert' ? null : newerBy, attributes, remove: [], absent: [] };
}

function reference(
  rows: readonly Row[],
  write: Write,
): { items: Map<string, Attributes>; kept: number; deleted: number } {
  const items = new Map<string, Attributes>();
  let kept = 0;
  let deleted = 0;
  for (const row of rows) {
    const outcome = carriedOut(operationOf(row, write), items.get(row.id) ?? null, ['id']);
    if (outcome.kind === 'kept') kept++;
    if (outcome.kind !== 'written') continue;
    if (outcome.item !== null) items.set(row.id, outcome.item);
    else {
      items.delete(row.id);
      deleted++;
    }
  }
  return { items, kept, deleted };
}

const rowArbitrary = fc.record({
  id: fc.constantFrom('k1', 'k2', 'k3'),
  op: fc.constantFrom('I', 'P', 'U', 'D'),
  v: fc.constantFrom('1', '2', '3'),
  a: fc.constantFrom('', 'x', 'y', 'z'),
  b: fc.constantFrom('', 'x', 'y'),
});
const rowsArbitrary = fc.array(rowArbitrary, { minLength: 1, maxLength: 40 });

function bodyOf(rows: readonly Row[]): string {
  return `id,op,v,a,b\n${rows.map(({ id, op, v, a, b }) => `${id},${op},${v},${a},${b}\n`).join('')}`;
}

function expectItems(stored: ReadonlyMap<string, Attributes>, wanted: ReadonlyMap<string, Attributes>): void {
  expect([...stored.keys()].toSorted()).toEqual([...wanted.keys()].toSorted());
  const differing = [...wanted].filter(([key, item]) => !sameItems(stored.get(key)!, item));
  expect(differing.map(([key, item]) => ({ key, item, stored: stored.get(key) }))).toEqual([]);
}

test.each(WRITES)(
  '%j leaves what the rows say in the order of the file, and counts each item',
  async (write) => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, async (rows) => {
        const { drop, loadAll, table, importOf } = world({ dataset: datasetOf(write) });
        const object = await drop(bodyOf(rows));
        await loadAll();
        const { items, kept, deleted } = reference(rows, write);
        expectItems(table.items, items);
        const { counts, status } = await importOf(object);
        expect({ status, isBalanced: countsBalance(counts) }).toEqual({ status: 'done', isBalanced: true });
        expect(counts).toMatchObject({
          read: rows.length,
          loaded: rows.length,
          made: rows.length,
          kept,
          refused: 0,
        });
        expect(counts.deleted).toBeLessThanOrEqual(deleted);
        // Only plain puts and deletes are collapsed.
        const canCollapse =
          write.newer_by === undefined && (write.ops !== undefined || write.mode === 'delete');
        expect(canCollapse || counts.superseded === 0).toBe(true);
      }),
      { numRuns: 25 },
    );
  },
);

// Answers are lost after and before the write, items are throttled, and loaders die or stop in between.
test.each(WRITES)(
  '%j leaves the same through lost answers, throttling and loaders that die',
  async (write) => {
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, fc.integer({ min: 1, max: 1e6 }), async (rows, seed) => {
        let calls = 0;
        const chance = (share: number): boolean => {
          calls++;
          return ((seed * 7919 + calls * 104_729) % 1000) / 1000 < share;
        };
        const made = world({
          dataset: datasetOf(write),
          seed,
          ports: ({ table, clock, ledger }) => ({
            ledger: {
              ...ledger,
              checkpoint: async (...given) => {
                if (chance(0.4)) throw new Error('the loader dies');
                await ledger.checkpoint(...given);
              },
            },
            table: (dataset) => {
              const inner = table(dataset);
              return {
                ...inner,
                write: async (operations) => {
                  const lost = operations.map((_, index) => index);
                  if (chance(0.2)) return { held: lost, reason: 'unavailable', units: 0 };
                  if (chance(0.1)) return { held: lost, reason: 'key-range', units: 0 };
                  const outcome = await inner.write(operations);
                  await clock.sleep(1000);
                  return chance(0.2) ? { held: lost, reason: 'unavailable', units: 0 } : outcome;
                },
              };
            },
          }),
        });
        const object = await made.drop(bodyOf(rows));
        // Each of the first loaders has time for some requests only, or it dies: then its message comes again.
        for (let loader = 0; loader < 6 && made.queue.messages.length > 0; loader++) {
          const [message] = made.queue.messages;
          await made.loadNext(46_000).catch(async () => {
            made.queue.messages.unshift(message!);
            await made.clock.run(made.clock.sleep(120_000));
          });
        }
        calls = Infinity;
        await made.loadAll();
        const { counts, status } = await made.importOf(object);
        expectItems(made.table.items, reference(rows, write).items);
        expect({ status, isBalanced: countsBalance(counts) }).toEqual({ status: 'done', isBalanced: true });
        expect(counts).toMatchObject({ read: rows.length, loaded: rows.length, made: rows.length });
      }),
      { numRuns: 25 },
    );
  },
);

test('an insert of a file that is loaded again keeps what is there, and the import is done', async () => {
  const { drop, loadAll, importOf } = world({ dataset: datasetOf({ mode: 'insert' }) });
  const body = 'id,op,v,a,b\nk1,,1,x,\nk2,,1,x,\n';
  const first = await drop(body);
  await loadAll();
  const second = await drop(body, 'people/b.csv');
  await loadAll();
  expect((await importOf(first)).counts).toMatchObject({ written: 2, kept: 0 });
  expect(await importOf(second)).toMatchObject({
    status: 'done',
    counts: { loaded: 2, written: 0, kept: 2 },
  });
});

test('a row with several items is settled when all of them are, and rejected once if the table refuses one', async () => {
  const dataset = {
    source: { prefix: 'people/' },
    table: { partition_key: 'id', sort_key: 'kind' },
    items: {
      order: { attributes: { kind: 'ORDER' } },
      customer: { include: ['name'], attributes: { kind: 'PROFILE' }, write: { mode: 'merge' } },
    },
  };
  const { drop, loadAll, importOf, items, rejects } = world({
    dataset,
    fate: (batch) => {
      const indexes = [...batch.keys()].filter((index) => batch[index]!['name']?.['S'] === 'bad');
      return indexes.length === 0
        ? null
        : { held: [], reason: null, units: 0, refused: [{ indexes: [...batch.keys()], reason: 'not this' }] };
    },
  });
  const object = await drop('id,name,total\nc1,Ann,5\nc2,bad,7\nc3,Cem,9\n');
  await loadAll();
  const { counts } = await importOf(object);
  expect(counts).toMatchObject({ read: 3, loaded: 2, rejected: 1, made: 6, written: 4, refused: 2 });
  expect(items()).toHaveLength(4);
  expect(rejects().map(({ id }) => id)).toEqual(['c2']);
});
