import { refusedAll } from '../../sim/table.ts';
import { putCounts } from '../support/counts.ts';
import { expect, test } from 'vitest';
import { parseDatasets } from '../../src/core/dataset/dataset.ts';
import type { WriteOutcome } from '../../src/core/ports.ts';
import { loadMessage } from '../../src/engine/loading/load-message.ts';
import { world } from './world.ts';

type Row = { readonly id: string; readonly age: string };
type Verdict = 'written' | 'held' | 'refused';

/** Time for a loader that reads for 20 s, and sends for 5 s more. */
const DEADLINE_MS = 30_000;

test('a hand-over writes no row twice, and counts each row once', async () => {
  const { drop, loadNext, sent, importOf, ledger, rejects } = rowsWorld(({ id }, loader) =>
    id === 'p1' && loader === 1 ? 'held' : 'written',
  );
  const object = await drop(`id,age\np1,1\np2,2\np3,x\np4,4\n${numbered(500)}`);
  expect(await loadNext(DEADLINE_MS)).toEqual({ kind: 'continued' });
  const [chunk] = await ledger.readChunks((await importOf(object)).id);
  expect(chunk!.checkpoint).toMatchObject({ offsetBytes: 7, counts: { read: 0, written: 0 } });
  expect(chunk!.checkpoint.ahead!.length).toBeLessThan(30);

  expect(await loadNext(DEADLINE_MS)).toEqual({ kind: 'finished', isDone: true });
  expect(sent(2)).toEqual(['p1=1']);
  expect(rejects()).toMatchObject([{ id: 'p3' }]);
  expect((await importOf(object)).counts).toEqual(
    putCounts({
      read: 504,
      written: 503,
      rejected: 1,
    }),
  );
});

test('a row whose key comes again later is skipped, and the later row is not', async () => {
  const { drop, loadNext, sent, importOf, items } = rowsWorld(({ id, age }, loader) =>
    loader === 1 && (id === 'p1' || (id === 'k' && age === '30')) ? 'held' : 'written',
  );
  // The third row comes when the first is written, and the fourth takes its place while it waits.
  const object = await drop(`id,age\np1,1\nk,10\n${numbered(100)}k,20\n${numbered(100, 'q')}k,30\n`);
  expect(await loadNext(DEADLINE_MS)).toEqual({ kind: 'continued' });
  expect(sent(1).filter((row) => row.startsWith('k='))).toContain('k=30');
  expect(await loadNext(DEADLINE_MS)).toEqual({ kind: 'finished', isDone: true });
  expect(sent(2)).toEqual(['p1=1', 'k=30']);
  expect(items()).toContainEqual({ id: { S: 'k' }, age: { N: '30' } });
  const { counts } = await importOf(object);
  expect(counts).toMatchObject({ read: 204, rejected: 0 });
  expect(counts.written + counts.superseded).toBe(204);
});

test('after a row that the table refused, no row with its key is skipped: the table may accept it now', async () => {
  const { drop, loadNext, sent, importOf, items, rejects } = rowsWorld(({ id, age }, loader) => {
    if (loader > 1) return 'written';
    if (age === '10') return 'refused';
    return id === 'p1' ? 'held' : 'written';
  });
  const object = await drop(`id,age\np1,1\nk,10\n${numbered(2000)}k,20\n`);
  expect(await loadNext(DEADLINE_MS)).toEqual({ kind: 'continued' });
  expect(sent(1)).toContain('k=20');
  expect(await loadNext(DEADLINE_MS)).toEqual({ kind: 'finished', isDone: true });
  expect(sent(2)).toContain('k=20');
  expect(items()).toContainEqual({ id: { S: 'k' }, age: { N: '20' } });
  expect(rejects()).toEqual([]);
  const { counts } = await importOf(object);
  expect(counts).toMatchObject({ read: 2003, rejected: 0 });
  expect(counts.written + counts.superseded).toBe(2003);
});

test('several hand-overs lose nothing, not even of rows that none of them has read again', async () => {
  const { drop, loadNext, sent, importOf } = rowsWorld(({ id }, loader) =>
    (id === 'p1' && loader < 4) || (id === 'q900' && loader < 3) ? 'held' : 'written',
  );
  const object = await drop(`id,age\np1,1\n${numbered(1000, 'q')}`);
  for (const _ of [1, 2, 3]) expect(await loadNext(DEADLINE_MS)).toEqual({ kind: 'continued' });
  expect(await loadNext(DEADLINE_MS)).toEqual({ kind: 'finished', isDone: true });
  expect(sent(3).filter((row) => row !== 'p1=1')).toEqual(['q900=900']);
  expect(sent(4)).toEqual(['p1=1']);
  expect((await importOf(object)).counts).toMatchObject({ read: 1001, written: 1001 });
});

test('a document that is deployed meanwhile changes nothing: the import keeps its own, and written rows count', async () => {
  const { ports, drop, loadNext, sent, queue, clock, items } = rowsWorld(({ id }, loader) =>
    id === 'p1' && loader === 1 ? 'held' : 'written',
  );
  await drop(`id,age\np1,1\np2,x\n${numbered(50)}`);
  expect(await loadNext(DEADLINE_MS)).toEqual({ kind: 'continued' });
  const changed = parseDatasets({
    people: { source: { prefix: 'people/' }, table: { partition_key: 'id' } },
  });
  const { delayMs: _, ...message } = queue.messages.shift()!;
  await clock.run(
    loadMessage(ports, changed, message, {
      owner: 'changed',
      deadlineMs: clock.now() + 60_000,
      emit: () => {},
    }),
  );
  expect(sent(2)).toEqual(['p1=1']);
  expect(items()).toHaveLength(51);
});

test('after a crash only what was sent since the last checkpoint is written again', async () => {
  const { drop, loadNext, sent, importOf, queue, clock } = rowsWorld(
    ({ id }, loader) => (id === 'p1' && loader === 1 ? 'held' : 'written'),
    { dies: true },
  );
  const object = await drop(`id,age\np1,1\n${numbered(3000)}`);
  const message = queue.messages[0]!;
  await expect(loadNext(DEADLINE_MS)).rejects.toThrow('killed');
  await clock.run(clock.sleep(120_000));
  const written = new Set(sent(1).filter((row) => row !== 'p1=1'));
  expect(written.size).toBeGreaterThan(2900);
  queue.messages.push(message);
  await loadNext(DEADLINE_MS);
  expect(sent(2)).toContain('p1=1');
  expect(sent(2).filter((row) => written.has(row))).toEqual([]);
  expect((await importOf(object)).counts).toMatchObject({ read: 3001, written: 3001 });
});

/** A world whose table has a verdict for each row of each loader, counted from 1; it knows what each of them sent. */
function rowsWorld(verdictOf: (row: Row, loader: number) => Verdict, { dies = false } = {}) {
  const sentBy: string[][] = [];
  const made = world({
    fate: (batch) => {
      const rows = batch.map((item) => ({
        id: String(item['id']?.['S']),
        age: String(item['age']?.['N'] ?? item['age']?.['S']),
      }));
      sentBy.at(-1)?.push(...rows.map(({ id, age }) => `${id}=${age}`));
      const verdicts = rows.map((row) => verdictOf(row, sentBy.length));
      if (verdicts.includes('refused')) return refusedAll(batch.length, 'not this');
      const held = [...verdicts.keys()].filter((index) => verdicts[index] === 'held');
      const reason = held.length > 0 ? 'key-range' : null;
      return { held, reason, units: rows.length - held.length } satisfies WriteOutcome;
    },
    ports: ({ ledger }) => ({
      ledger: {
        ...ledger,
        claim: (...given) => {
          sentBy.push([]);
          return ledger.claim(...given);
        },
        // Behind its first checkpoint the first loader is cut off from the ledger.
        checkpoint: async (...given) => {
          if (dies && sentBy.length === 1 && given[1].ahead !== undefined && isCut) throw new Error('killed');
          await ledger.checkpoint(...given);
          if (given[1].ahead !== undefined) isCut = true;
        },
      },
    }),
  });
  let isCut = false;
  return {
    ...made,
    /** Of the loader, rows in the order in which they were sent, held ones once. */
    sent: (loader: number) => [...new Set(sentBy[loader - 1])],
  };
}

function numbered(count: number, prefix = 'r'): string {
  return Array.from({ length: count }, (_, n) => `${prefix}${n + 1},${n + 1}\n`).join('');
}
